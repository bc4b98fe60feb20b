"""Use cases of a school's flagship plan. Nobody commits here."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_program_unggulan import errors
from imbas_program_unggulan.models import (
    FlagshipLine,
    FlagshipMeasure,
    FlagshipPlan,
    FlagshipWriter,
)
from imbas_program_unggulan.rules import (
    LINE_PARTS,
    PLAN_TEXTS,
    WRITABLE,
    PlanState,
    missing_line_parts,
    missing_plan_texts,
)
from lms.api import Actor, Fact, Workplace, compare_and_set, emit

CHANGED = "program_unggulan.plan_changed.v1"
MOST_LINES = 12
"""More goals than one programme can follow; keeps a page small."""


@dataclass(frozen=True, slots=True)
class PlanFields:
    """What people write about the programme as a whole."""

    name: str
    code: str
    problem: str
    reason: str
    responsible: str
    budget: str
    risk: str
    sustainability: str


@dataclass(frozen=True, slots=True)
class LineFields:
    """What people write in a goal; ``baseline`` and ``target`` are in ``unit``."""

    goal: str
    unit: str
    baseline: Decimal | None
    baseline_on: date | None
    target: Decimal | None
    starts_on: date | None
    ends_on: date | None
    method: str
    role_school: str
    role_family: str
    role_community: str


def find_plan(session: Session, at: Workplace) -> FlagshipPlan | None:
    """The school's plan in this programme, if it has begun one."""
    return session.scalar(
        select(FlagshipPlan).where(
            FlagshipPlan.programme_id == at.programme_id, FlagshipPlan.school_id == at.school_id
        )
    )


def held_plan(session: Session, at: Workplace) -> FlagshipPlan:
    """The school's plan, locked until the end of the transaction, so that its state stays; raises NotFound."""
    plan = get_plan(session, at)
    session.refresh(plan, with_for_update=True)
    return plan


def get_plan(session: Session, at: Workplace) -> FlagshipPlan:
    """The school's plan; raises NotFound."""
    plan = find_plan(session, at)
    if plan is None:
        raise errors.no_plan()
    return plan


def find_line(session: Session, *, at: Workplace, line_id: int) -> FlagshipLine:
    """A goal of this school's plan; raises NotFound."""
    plan = find_plan(session, at)
    line = next((row for row in plan.lines if row.id == line_id), None) if plan else None
    if line is None:
        raise errors.gone()
    return line


def save_plan(
    session: Session, *, at: Workplace, version: int, fields: PlanFields, actor: Actor, now: datetime
) -> FlagshipPlan:
    """Store the programme as a whole; texts may still be empty. Raises Conflict.

    ``version`` is the one that was read, 0 for none.
    """
    plan = find_plan(session, at)
    if plan is not None:
        compare_and_set(session, plan, FlagshipPlan.version, seen=version, conflict=errors.moved_on())
    elif version != 0:
        raise errors.moved_on()
    else:
        plan = FlagshipPlan(
            programme_id=at.programme_id,
            school_id=at.school_id,
            state=PlanState.DRAFT,
            version=1,
            submitted_at=None,
            writers=[],
            lines=[],
            reviews=[],
        )
        session.add(plan)
    _refuse_locked(plan)
    for name, text in asdict(fields).items():
        setattr(plan, name, text)
    _written(session, plan, actor, now)
    return plan


def save_line(
    session: Session,
    *,
    at: Workplace,
    line_id: int | None,
    version: int,
    fields: LineFields,
    actor: Actor,
    now: datetime,
) -> FlagshipLine:
    """Store a goal; parts may still be empty. Raises Conflict, Invalid, NotFound."""
    plan = held_plan(session, at)
    _refuse_locked(plan)
    if line_id is None:
        if len(plan.lines) >= MOST_LINES:
            raise errors.too_many(MOST_LINES)
        line = FlagshipLine(version=1, measures=[])
        plan.lines.append(line)
    else:
        line = find_line(session, at=at, line_id=line_id)
        compare_and_set(session, line, FlagshipLine.version, seen=version, conflict=errors.moved_on())
    for name, value in asdict(fields).items():
        setattr(line, name, value)
    _written(session, plan, actor, now)
    return line


def delete_line(
    session: Session, *, at: Workplace, line_id: int, version: int, actor: Actor, now: datetime
) -> None:
    """Remove a goal without measurements; raises Conflict."""
    plan = held_plan(session, at)
    line = find_line(session, at=at, line_id=line_id)
    _refuse_locked(plan)
    compare_and_set(session, line, FlagshipLine.version, seen=version, conflict=errors.moved_on())
    if line.measures:
        raise errors.has_measures()
    plan.lines.remove(line)
    _written(session, plan, actor, now)


def open_texts(plan: FlagshipPlan) -> tuple[str, ...]:
    """What is still to be written about the programme as a whole."""
    return missing_plan_texts({name: getattr(plan, name) for name in ("code", *PLAN_TEXTS)})


def open_parts(line: FlagshipLine) -> tuple[str, ...]:
    """The parts of a goal that are still open."""
    return missing_line_parts({part: getattr(line, part) for part in LINE_PARTS})


def submit(session: Session, *, at: Workplace, actor: Actor, now: datetime) -> FlagshipPlan:
    """Hand a complete plan in for review; raises Invalid while something is missing."""
    plan = held_plan(session, at)
    _refuse_locked(plan)
    if open_texts(plan) or not plan.lines or any(open_parts(line) for line in plan.lines):
        raise errors.incomplete()
    plan.state, plan.submitted_at = PlanState.IN_REVIEW, now
    plan.version += 1
    _written(session, plan, actor, now)
    return plan


def withdraw(session: Session, *, at: Workplace, actor: Actor, now: datetime) -> FlagshipPlan:
    """Take the plan back while it waits for its review; raises Conflict."""
    plan = held_plan(session, at)
    if plan.state is not PlanState.IN_REVIEW:
        raise errors.not_waiting()
    plan.state = PlanState.NEEDS_REVISION if plan.reviews else PlanState.DRAFT
    plan.version += 1
    _written(session, plan, actor, now)
    return plan


def add_measure(
    session: Session,
    *,
    at: Workplace,
    line_id: int,
    measured_on: date,
    value: Decimal,
    note: str,
    actor: Actor,
    today: date,
    now: datetime,
) -> FlagshipMeasure:
    """Record a value measured on a day; raises Invalid. ``today`` is the school's.

    Measuring goes on whatever the plan's state, because the programme runs on.
    """
    plan = held_plan(session, at)
    line = find_line(session, at=at, line_id=line_id)
    if line.baseline is None or line.baseline_on is None or line.target is None:
        raise errors.not_ready_to_measure()
    if measured_on < line.baseline_on:
        raise errors.measured_before_baseline()
    if measured_on > today:
        raise errors.measured_in_future()
    if any(row.measured_on == measured_on for row in line.measures):
        raise errors.measured_already()
    row = FlagshipMeasure(
        measured_on=measured_on, value=value, note=note, recorded_by=actor.person_id, recorded_at=now
    )
    line.measures.append(row)
    line.measures.sort(key=lambda entry: entry.measured_on)
    session.flush()
    changed(session, plan, now)
    return row


def delete_measure(session: Session, *, at: Workplace, line_id: int, measure_id: int, now: datetime) -> None:
    """Remove a measurement that was a slip; twice is once."""
    plan = held_plan(session, at)
    line = find_line(session, at=at, line_id=line_id)
    line.measures = [row for row in line.measures if row.id != measure_id]
    changed(session, plan, now)


def content_of(plan: FlagshipPlan) -> dict[str, Any]:
    """The plan as JSON values, for a review to keep."""
    return {
        **{name: getattr(plan, name) for name in ("code", *PLAN_TEXTS)},
        "lines": [{part: _plain(getattr(line, part)) for part in ("id", *LINE_PARTS)} for line in plan.lines],
    }


def changed(session: Session, plan: FlagshipPlan, now: datetime) -> None:
    """Say that something about the plan has changed."""
    payload = {"programme_id": plan.programme_id, "school_id": plan.school_id}
    emit(session, Fact(CHANGED, now, payload))


def _plain(value: Any) -> Any:
    """A JSON value; decimals without the zeros that only one of the databases adds."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, str | int) else str(value)


def _refuse_locked(plan: FlagshipPlan) -> None:
    if plan.state not in WRITABLE:
        raise errors.locked()


def _written(session: Session, plan: FlagshipPlan, actor: Actor, now: datetime) -> None:
    """Remember who wrote: writers of a plan do not review it."""
    plan.updated_at = now
    row = next((entry for entry in plan.writers if entry.person_id == actor.person_id), None)
    if row is None:
        row = FlagshipWriter(person_id=actor.person_id)
        plan.writers.append(row)
    row.last_at = now
    session.flush()
    changed(session, plan, now)
