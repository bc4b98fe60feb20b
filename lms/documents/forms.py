"""The form of a part: what was typed, as typed values; and what is stored, as it stands in the fields."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lms.contract.documents import DocumentField, DocumentKind, DocumentPart, FieldKind, ReviewDecision
from lms.contract.numbers import comma
from lms.contract.parsing import parse_choice, parse_date, parse_decimal
from lms.contract.text import message
from lms.documents.models import Document, DocumentReview, PartText
from lms.documents.pasted_table import table_fault
from lms.documents.rules import typed
from lms.web.form import Form

MOST = Decimal(999_999_999)
PLACES = 4
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
COMMENT = 2000
"""Longest comment of a reviewer, in characters."""


def part_form(part: DocumentPart, stored: PartText | None) -> Form:
    """What is stored in a part, ready to be changed; or an empty form."""
    form = Form({"version": str(stored.version if stored else 0)})
    for entry in part.fields:
        value = typed(entry, stored.content.get(entry.key) if stored else None)
        if entry.kind is FieldKind.CHOICES:
            form.chosen[entry.key] = value
        elif entry.kind is FieldKind.PICTURE:
            continue  # it has a form of its own
        elif isinstance(value, Decimal):
            form.values[entry.key] = comma(value)
        else:
            form.values[entry.key] = value.isoformat() if isinstance(value, date) else value or ""
    return form


def read_part(form: Form, part: DocumentPart, year: int, *, checked: bool) -> dict[str, Any]:
    """The typed values of a part, but for its pictures; faults go to ``form.errors``.

    Those of the plugin's check and of tables that cannot be read only when ``checked``: they may be half typed.
    """
    fields = [entry for entry in part.fields if entry.kind in _READERS]
    values = {entry.key: _READERS[entry.kind](form, entry, year) for entry in fields}
    for entry in fields:
        if entry.needed and not values[entry.key] and entry.key not in form.errors:
            form.errors[entry.key] = entry.needed
    if checked:
        tables = {entry.key: values[entry.key] for entry in fields if entry.kind is FieldKind.TABLE}
        unread = {key: fault for key, text in tables.items() if (fault := table_fault(text))}
        form.errors = {**(part.check(values) if part.check else {}), **unread, **form.errors}
    return values


def review_form(document: Document, before: DocumentReview | None) -> Form:
    """An empty review, or what the reader has found in this version before, to be corrected."""
    form = Form({"version": str(document.version)})
    if before is not None:
        for code, found in before.scores.items():
            form.chosen[f"crit-{code}"] = [
                str(one) for one in (found if isinstance(found, list) else [found])
            ]
        form.values |= {f"note-{code}": text for code, text in before.comments.items()}
        form.values |= {f"remark-{part}": text for part, text in before.remarks.items()}
        form.values["comment"] = before.comment
    return form


def read_review(
    form: Form, kind: DocumentKind, codes: tuple[str, ...], unanswered: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, str], str, ReviewDecision]:
    """Comments by criterion, remarks by part, the comment on the whole, and the decision. Raises Invalid.

    ``codes``: of all criteria; ``unanswered``: of those without an answer, where each needs one.
    """
    for code in unanswered:
        form.errors[f"crit-{code}"] = message("Jawab kriteria %(code)s.", code=code)
    comments = {code: form.text(f"note-{code}", COMMENT) for code in codes}
    remarks = {part.key: form.text(f"remark-{part.key}", COMMENT) for part in kind.parts}
    comment = form.text("comment", COMMENT)
    decision = parse_choice(ReviewDecision, form.values.get("decision", ""))
    if decision is None:
        form.errors["decision"] = message("Pilih salah satu keputusan.")
    form.stop_at_errors()
    assert decision is not None
    return comments, remarks, comment, decision


def read_title(form: Form, entry: DocumentField) -> str:
    """What a new document is called, which must be written."""
    title = form.text("title", entry.longest)
    if not title and entry.needed:
        form.errors["title"] = entry.needed
    return title


def _text(form: Form, entry: DocumentField, _year: int) -> str:
    return form.text(entry.key, entry.longest)


def _number(form: Form, entry: DocumentField, _year: int) -> Decimal | None:
    text = form.text(entry.key, 40).removesuffix("%").strip()
    if not text:
        return None
    value = parse_decimal(text, low=-MOST, high=MOST)
    if value is None or value != round(value, PLACES):
        form.errors[entry.key] = message("Tulis satu angka, misalnya 45 atau 2,5.")
        return None
    return value


def _day(form: Form, entry: DocumentField, _year: int) -> date | None:
    text = form.text(entry.key, 10)
    if not text:
        return None
    found = parse_date(text, low=FIRST_DAY, high=LAST_DAY)
    if found is None:
        form.errors[entry.key] = message("Tulis tanggal seperti 2020-09-03.")
    return found


def _choices(form: Form, entry: DocumentField, year: int) -> list[str]:
    ticked = form.chosen.get(entry.key, ())
    return [option.key for option in entry.options_of(year) if option.key in ticked]


def _choice(form: Form, entry: DocumentField, year: int) -> str:
    chosen = form.values.get(entry.key, "")
    if chosen and chosen not in {option.key for option in entry.options_of(year)}:
        form.errors[entry.key] = message("Pilih dari daftar.")
        return ""
    return chosen


def _table(form: Form, entry: DocumentField, _year: int) -> str:
    """The table as it was pasted; not trimmed, because a line may begin with an empty cell."""
    form.text(entry.key, entry.longest)
    text = form.values.get(entry.key, "").replace("\r\n", "\n").strip("\n")
    return text if text.strip() else ""


_READERS: Mapping[FieldKind, Callable[[Form, DocumentField, int], Any]] = {
    FieldKind.LINE: _text,
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DAY: _day,
    FieldKind.CHOICES: _choices,
    FieldKind.CHOICE: _choice,
    FieldKind.TABLE: _table,
}
