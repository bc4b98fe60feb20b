"""Forms: what was typed, what it means, and what is wrong with it.

A form keeps the typed text whatever happens, so that a page can show it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from imbas_lesson_planning.kinds import Kind, PlanPart
from imbas_lesson_planning.models import LessonPart, LessonPlan
from imbas_lesson_planning.rules import ReviewDecision
from lms.api import Conflict, Invalid, Text

TITLE, SHORT, LONG, COMMENT = 160, 200, 8000, 2000
"""Longest texts, in characters."""


@dataclass(slots=True)
class Form:
    """``values``: as typed, by field name. ``errors``: a sentence by field name."""

    values: dict[str, str]
    chosen: dict[str, list[str]] = field(default_factory=dict)
    """Fields with several values: tags by group, descriptors by criterion."""
    errors: dict[str, Text] = field(default_factory=dict)
    conflict: Text | None = None
    """What to tell when the plan has changed meanwhile."""

    @property
    def version(self) -> int:
        """The version that was read when the form was opened; 0 for something new."""
        text = self.values.get("version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def text(self, name: str, longest: int) -> str:
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
        """Show what was refused: beside its field, or over the form."""
        self.errors |= error.fields
        if isinstance(error, Conflict) or not error.fields:
            self.conflict = error.text


def typed(posted: "MultiDict[str, str]") -> Form:
    """A form as it was posted."""
    return Form(posted.to_dict(), {name: list(values) for name, values in posted.lists()})


def read_title(form: Form) -> str:
    """The title of a plan, which must be written."""
    title = form.text("title", TITLE)
    if not title:
        form.errors["title"] = Text(
            "Tulis judul rencana, misalnya Ekosistem selokan, kelas V.",
            "Write a title, such as Ecosystem of the ditch, class V.",
        )
    return title


def part_form(part: LessonPart | None) -> Form:
    """A stored part, or an empty form."""
    return Form({"text": part.text if part else "", "version": str(part.version if part else 0)})


def read_part(form: Form, part: PlanPart) -> str:
    """The text of a part; it may be empty, because a plan is written step by step."""
    return form.text("text", SHORT if part.short else LONG)


def heading_form(plan: LessonPlan) -> Form:
    """Title and tags, ready to be changed."""
    return Form(
        {"title": plan.title, "version": str(plan.version)},
        {f"tag-{key}": list(found) for key, found in plan.tags.items()},
    )


def read_tags(form: Form, kind: Kind) -> Mapping[str, list[str]]:
    """Tag keys by group."""
    return {key: form.chosen.get(f"tag-{key}", []) for key in kind.groups}


def read_review(form: Form, codes: tuple[str, ...]) -> tuple[dict[str, str], str, ReviewDecision]:
    """Comments by criterion, the comment on the whole, and the decision."""
    notes = {code: form.text(f"note-{code}", COMMENT) for code in codes}
    comment = form.text("comment", COMMENT)
    decision = form.values.get("decision", "")
    if decision not in set(ReviewDecision):
        form.errors["decision"] = Text(
            "Pilih diterima atau perlu revisi.", "Choose accepted or needs revision."
        )
        form.stop_at_errors()
    return notes, comment, ReviewDecision(decision)
