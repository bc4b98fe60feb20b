"""Forms: what was typed, what it means, and what is wrong with it.

A form keeps the typed text whatever happens, so that a page can show it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import get_locale

from imbas_spmi_documents.api import PlanFields
from imbas_spmi_documents.frameworks import MONTHS
from imbas_spmi_documents.models import PlanLine, Problem, Report
from imbas_spmi_documents.rules import PARTS, STANDARDS, ScoreStatus, StandardScore, parse_score
from lms.api import Conflict, Invalid, NotFound, Text

LONGEST = 2000
MOST_RUPIAH = 999_999_999_999
_PLAN_TEXTS = {"programme": 200, "activity": 500, "target": 500, "responsible": 120}


@dataclass(slots=True)
class Form:
    """``values``: as typed, by field name. ``errors``: a sentence by field name."""

    values: dict[str, str]
    errors: dict[str, Text] = field(default_factory=dict)
    conflict: Text | None = None
    """What to tell when somebody else has changed or removed the row meanwhile."""

    @property
    def version(self) -> int:
        """The version that was read when the form was opened; 0 for something new."""
        text = self.values.get("version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def text(self, name: str, longest: int = LONGEST) -> str:
        """The trimmed text of a field; too long a text is an error, never cut off silently."""
        value = self.values.get(name, "").replace("\r\n", "\n").strip()
        if len(value) > longest:
            self.errors[name] = Text(
                f"Paling panjang {longest} huruf; sekarang {len(value)}.",
                f"At most {longest} characters; now {len(value)}.",
            )
        return value

    @property
    def error_texts(self) -> dict[str, str]:
        """The sentences by field, in the language of the page, for the list over the form."""
        return {name: text.in_(str(get_locale())) for name, text in self.errors.items()}

    def stop_at_errors(self) -> None:
        """Raise Invalid when a field has a fault, before anything is changed."""
        if self.errors:
            text = Text("Ada isian yang perlu dibetulkan.", "Some entries need correction.")
            raise Invalid(text, fields=self.errors)

    def refuse(self, error: Invalid | Conflict) -> None:
        """Show what was refused: beside its field, or as a conflict over the form."""
        self.errors |= error.fields
        if isinstance(error, Conflict):
            self.conflict = error.text

    def lost(self, error: NotFound) -> None:
        """The row is gone: what was typed may be saved as a new one."""
        self.conflict = error.text
        self.values["version"] = "0"


def typed(posted: Mapping[str, str]) -> Form:
    """A form as it was posted."""
    return Form(dict(posted))


def report_form(report: Report | None, default_year: int) -> Form:
    """The stored report, ready to be changed."""
    values = {"version": "0", "year": str(default_year)}
    if report is not None:
        values |= {"version": str(report.version), "year": str(report.year)}
        for row in report.scores:
            values[f"status-{row.standard}"] = row.status.value
            values[f"score-{row.standard}"] = (
                "" if row.score is None else f"{row.score:.2f}".replace(".", ",")
            )
            values[f"condition-{row.standard}"] = row.condition
    return Form(values)


def read_report(form: Form) -> tuple[int, dict[int, tuple[StandardScore, str]]]:
    """The year and the standards entered; faults go to ``form.errors``."""
    year_text = form.text("year", 4)
    year = int(year_text) if year_text.isascii() and year_text.isdigit() else 0
    if not 2016 <= year <= 2100:
        form.errors["year"] = Text(
            "Tulis tahun rapor, misalnya 2019.", "Write the year of the report, such as 2019."
        )
    entries: dict[int, tuple[StandardScore, str]] = {}
    for number in STANDARDS:
        condition = form.text(f"condition-{number}")
        entry = _read_standard(form, number)
        if entry is not None:
            entries[number] = (entry, condition)
        elif condition and f"score-{number}" not in form.errors:
            form.errors[f"score-{number}"] = Text(
                "Isi skornya, atau pilih tidak kirim atau tidak valid.",
                "Enter the score, or choose not sent or invalid.",
            )
    return year, entries


def _read_standard(form: Form, number: int) -> StandardScore | None:
    name = f"score-{number}"
    status = form.values.get(f"status-{number}", ScoreStatus.SCORED.value)
    score = form.text(name, 10)
    if status in (ScoreStatus.NOT_SENT.value, ScoreStatus.INVALID.value):
        if score:
            form.errors[name] = Text(
                "Kosongkan skor bila statusnya tidak kirim atau tidak valid.",
                "Leave the score empty when the status is not sent or invalid.",
            )
            return None
        return StandardScore(number, ScoreStatus(status))
    if not score:
        return None
    try:
        return StandardScore(number, ScoreStatus.SCORED, parse_score(score))
    except Invalid as error:
        form.errors[name] = error.text
        return None


def problem_form(problem: Problem | None) -> Form:
    """A stored problem, or an empty form."""
    if problem is None:
        return Form({"version": "0"})
    values = {part: str(getattr(problem, part)) for part in PARTS}
    return Form({**values, "version": str(problem.version), "code": problem.code})


def read_problem(form: Form) -> tuple[str, dict[str, str]]:
    """The code and the six parts; the problem itself must be written."""
    texts = {part: form.text(part) for part in PARTS}
    if not texts["problem"]:
        form.errors["problem"] = Text(
            "Tulis masalahnya, satu kalimat sudah cukup.", "Write the problem; one sentence is enough."
        )
    return form.text("code", 10), texts


def line_form(line: PlanLine | None) -> Form:
    """A stored plan line, or an empty form."""
    if line is None:
        return Form({"version": "0"})
    return Form(
        {
            **{name: str(getattr(line, name)) for name in _PLAN_TEXTS},
            "version": str(line.version),
            "cost": "" if line.cost is None else f"{line.cost:,}".replace(",", "."),
            "source": line.source,
            "month": "" if line.month is None else str(line.month),
            "problem_id": str(line.problem_id),
        }
    )


def read_line(form: Form) -> PlanFields:
    """What people wrote in a plan line; the activity must be written."""
    texts = {name: form.text(name, longest) for name, longest in _PLAN_TEXTS.items()}
    if not texts["activity"]:
        form.errors["activity"] = Text("Tulis kegiatannya.", "Write the activity.")
    return PlanFields(
        programme=texts["programme"],
        activity=texts["activity"],
        target=texts["target"],
        cost=_read_rupiah(form),
        source=form.text("source", 20),
        month=_read_month(form),
        responsible=texts["responsible"],
    )


def _read_rupiah(form: Form) -> int | None:
    """Whole rupiah: ``2.400.000``, ``Rp2.400.000,00`` and ``2400000`` are the same."""
    text = form.text("cost", 30).removeprefix("Rp").replace(" ", "").removesuffix(",00").removesuffix(",-")
    if not text:
        return None
    digits = text.replace(".", "")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > MOST_RUPIAH or not _grouped(text):
        form.errors["cost"] = Text(
            "Tulis rupiah bulat, misalnya 2.400.000.", "Write whole rupiah, such as 2.400.000."
        )
        return None
    return int(digits)


def _grouped(text: str) -> bool:
    """Whether points, if any, stand between groups of three figures: "2.40" is a slip."""
    first, *rest = text.split(".")
    return not rest or (1 <= len(first) <= 3 and all(len(group) == 3 for group in rest))


def _read_month(form: Form) -> int | None:
    text = form.text("month", 2)
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) in MONTHS:
        return int(text)
    form.errors["month"] = Text("Pilih bulan dari daftar.", "Choose a month from the list.")
    return None
