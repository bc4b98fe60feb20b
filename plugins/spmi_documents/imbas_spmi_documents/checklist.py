"""Pure: the school's own check of its documents, counted.

The items are lines of a rubric (``KEY``) and come from it alone: its groups are the sections, its codes name
the answers. An answer to a code that the rubric no longer has, or that its line no longer allows, is not counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.api import Criterion

KEY = "spmi_documents.checklist"
"""The rubric whose lines are the items."""


class Availability(StrEnum):
    """What a school says of one item."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Total:
    """``complete`` items of the ``of`` that apply to the school."""

    complete: int
    of: int


def choices(item: Criterion) -> tuple[Availability, ...]:
    """The answers that an item takes; "does not apply" only where the rubric says so."""
    return tuple(
        word for word in Availability if word is not Availability.NOT_APPLICABLE or item.may_not_apply
    )


def answer_to(item: Criterion, answers: Mapping[str, Availability]) -> Availability | None:
    """What the school says of ``item``; None when nothing, or what the item does not take."""
    found = answers.get(item.code)
    return found if found in choices(item) else None


def total(items: Iterable[Criterion], answers: Mapping[str, Availability]) -> Total:
    """How many of ``items`` are complete; items that do not apply are left out of both numbers."""
    found = [answer_to(item, answers) for item in items]
    return Total(
        complete=found.count(Availability.COMPLETE),
        of=len(found) - found.count(Availability.NOT_APPLICABLE),
    )


def outstanding(items: Iterable[Criterion], answers: Mapping[str, Availability]) -> tuple[Criterion, ...]:
    """The items that apply and are not complete, in the order of the rubric."""
    settled = {Availability.COMPLETE, Availability.NOT_APPLICABLE}
    return tuple(item for item in items if answer_to(item, answers) not in settled)


def sections(items: Iterable[Criterion]) -> dict[str, tuple[Criterion, ...]]:
    """The items by the heading of their group, both in the order of the rubric."""
    found: dict[str, tuple[Criterion, ...]] = {}
    for item in items:
        found[item.group] = (*found.get(item.group, ()), item)
    return found
