"""What pages, rules and certificates read: plans of schools with their progress."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_program_unggulan.api import open_parts
from imbas_program_unggulan.models import FlagshipLine, FlagshipPlan
from imbas_program_unggulan.rules import CENTRES, PlanState, only_weak_words, progress
from lms.api import Award, CertificateLine, RuleSubject, Text

Key = tuple[int, int]
"""Programme id and school id."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A school's plan in a list of schools."""

    name: str
    state: PlanState


def lines_of(session: Session, keys: Iterable[Key]) -> Mapping[Key, PlanLine]:
    """Name and state of the plans that exist, in one query."""
    wanted = set(keys)
    rows = session.execute(
        select(
            FlagshipPlan.programme_id, FlagshipPlan.school_id, FlagshipPlan.name, FlagshipPlan.state
        ).where(
            FlagshipPlan.programme_id.in_({key[0] for key in wanted}),
            FlagshipPlan.school_id.in_({key[1] for key in wanted}),
        )
    )
    return {(row.programme_id, row.school_id): PlanLine(row.name, row.state) for row in rows}


def progress_of(line: FlagshipLine) -> Decimal | None:
    """How far a goal has come by its last measurement, in percent; None before the first."""
    last = line.measures[-1].value if line.measures else None
    return progress(line.baseline, line.target, last)


def weak_roles(line: FlagshipLine) -> tuple[str, ...]:
    """The centres whose role names no deed that one could see."""
    words = _words()
    return tuple(
        centre
        for centre in CENTRES
        if only_weak_words(getattr(line, f"role_{centre}"), words["weak"], words["strong"])
    )


def gather(session: Session, subjects: tuple[RuleSubject, ...]) -> tuple[Mapping[str, Any], ...]:
    """Facts of the rule ``plan_reviewed`` for many schools, in a fixed number of queries."""
    keys = [(subject.programme_id, subject.school_id) for subject in subjects]
    plans = {
        (plan.programme_id, plan.school_id): plan
        for plan in session.scalars(
            select(FlagshipPlan).where(
                FlagshipPlan.programme_id.in_({key[0] for key in keys}),
                FlagshipPlan.school_id.in_({key[1] for key in keys}),
            )
        )
    }
    return tuple(facts_of(plans.get(key)) for key in keys)


def facts_of(plan: FlagshipPlan | None) -> dict[str, Any]:
    """The facts of the rule for one plan."""
    if plan is None:
        return {"state": None, "lines": 0, "measured": 0}
    complete = [line for line in plan.lines if not open_parts(line)]
    return {
        "state": plan.state.value,
        "lines": len(complete),
        "measured": sum(bool(line.measures) for line in complete),
    }


def certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    """The accepted programme's name on a school's certificate; a person's says nothing about it."""
    if award.enrolment_id is not None:
        return ()
    found = lines_of(session, [(award.programme_id, award.school_id)])
    line = found.get((award.programme_id, award.school_id))
    if line is None or line.state is not PlanState.ACCEPTED:
        return ()
    return (CertificateLine(Text("Program unggulan", "Flagship programme"), line.name),)


@cache
def _words() -> dict[str, list[str]]:
    """Verbs for the hint about weak roles, as data."""
    file = files("imbas_program_unggulan") / "content" / "weak_words.yaml"
    found: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found
