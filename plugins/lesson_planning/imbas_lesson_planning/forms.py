"""Forms: what was typed, what it means, and what is wrong with it."""

from collections.abc import Mapping

from imbas_lesson_planning.catalogue import Kind, PlanPart
from imbas_lesson_planning.models import LessonPart, LessonPlan
from imbas_lesson_planning.rules import ReviewDecision
from lms.api import Form, Text, parse_choice

TITLE, SHORT, LONG, COMMENT, REASON = 160, 200, 8000, 2000, 500
"""Longest texts, in characters."""


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
        {"title": plan.title, "version": str(plan.version), "low_reason": plan.low_reason},
        {f"tag-{key}": list(found) for key, found in plan.tags.items()},
    )


def read_tags(form: Form, kind: Kind) -> Mapping[str, list[str]]:
    """Tag keys by group."""
    return {key: form.chosen.get(f"tag-{key}", []) for key in kind.groups}


def read_review(form: Form, codes: tuple[str, ...]) -> tuple[dict[str, str], str, ReviewDecision]:
    """Comments by criterion, the comment on the whole, and the decision."""
    notes = {code: form.text(f"note-{code}", COMMENT) for code in codes}
    comment = form.text("comment", COMMENT)
    decision = parse_choice(ReviewDecision, form.values.get("decision", ""))
    if decision is None:
        form.errors["decision"] = Text(
            "Pilih diterima atau perlu revisi.", "Choose accepted or needs revision."
        )
        form.stop_at_errors()
    assert decision is not None
    return notes, comment, decision
