"""Goals of a plan with what was measured of them, and use cases of measuring. Nobody commits here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from imbas_program_unggulan import errors
from imbas_program_unggulan.i18n import _
from imbas_program_unggulan.models import FlagshipMeasure
from imbas_program_unggulan.rules import CENTRES, only_weak_words, progress
from lms.api import (
    Actor,
    DocumentContent,
    DocumentTable,
    Fact,
    LineChart,
    Text,
    among,
    emit,
    figure,
    find_document,
    format_date,
    hold_document,
    line_chart,
    locale,
)

TYPE, CHANGED, GOALS = "program_unggulan.plan", "program_unggulan.plan_changed.v1", "goals"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of a plan: what is written, by field, and what was measured, by day."""

    row: int
    values: Mapping[str, Any]
    measures: tuple[FlagshipMeasure, ...]

    @property
    def last(self) -> FlagshipMeasure | None:
        """The newest measurement."""
        return self.measures[-1] if self.measures else None

    @property
    def progress(self) -> Decimal | None:
        """How far the goal has come by its last measurement, in percent; None before the first."""
        value = self.last.value if self.last else None
        return progress(self.values.get("baseline"), self.values.get("target"), value)

    @property
    def can_be_measured(self) -> bool:
        """Whether baseline, its day and target are written."""
        return all(self.values.get(name) is not None for name in ("baseline", "baseline_on", "target"))

    @property
    def weak_roles(self) -> tuple[str, ...]:
        """The centres whose role names no deed that one could see."""
        words = _words()
        return tuple(
            centre
            for centre in CENTRES
            if only_weak_words(self.values.get(f"role_{centre}", ""), words["weak"], words["strong"])
        )


def goals_of(session: Session, document_id: int, content: DocumentContent) -> dict[int, Goal]:
    """The goals of a plan with their measurements, by row; one query."""
    measures: dict[int, list[FlagshipMeasure]] = defaultdict(list)
    query = select(FlagshipMeasure).where(FlagshipMeasure.document_id == document_id)
    for measure in session.scalars(query.order_by(FlagshipMeasure.measured_on, FlagshipMeasure.id)):
        measures[measure.row].append(measure)
    return {row.row: Goal(row.row, row.values, tuple(measures[row.row])) for row in content.rows_of(GOALS)}


def measured_rows(session: Session, document_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(document, row) of every goal that was measured, of many plans in one query."""
    query = select(FlagshipMeasure.document_id, FlagshipMeasure.row).distinct()
    rows = session.execute(query.where(among(FlagshipMeasure.document_id, list(document_ids))))
    return {(row.document_id, row.row) for row in rows}


def keep_row(session: Session, document_id: int, row: int) -> Text | None:
    """A goal with measurements stays."""
    return errors.HAS_MEASURES if (document_id, row) in measured_rows(session, [document_id]) else None


def chart_of(goal: Goal) -> LineChart | None:
    """The way of a goal from its baseline, with the target across; None before the first measurement."""
    if not goal.measures or not goal.can_be_measured:
        return None
    language, unit = locale(), goal.values.get("unit", "")

    def shown(value: Decimal) -> str:
        return f"{figure(value, language)}\u00a0{unit}".strip()

    known = [(goal.values["baseline_on"], goal.values["baseline"])]
    known += [(measure.measured_on, measure.value) for measure in goal.measures]
    points = [(day, value, f"{format_date(day)}: {shown(value)}") for day, value in known]
    target = goal.values["target"]
    return line_chart(points, [(_("Target %(value)s", value=shown(target)), target)])


def tables_of(session: Session, document_id: int, content: DocumentContent) -> tuple[DocumentTable, ...]:
    """What was measured, for paper; nothing before the first measurement."""
    language = locale()
    rows = tuple(
        (
            str(goal.values["goal"]),
            format_date(measure.measured_on),
            f"{figure(measure.value, language)}\u00a0{goal.values['unit']}",
            measure.note or "-",
        )
        for goal in goals_of(session, document_id, content).values()
        for measure in goal.measures
    )
    columns = (_("Sasaran"), _("Tanggal"), _("Hasil"), _("Catatan"))
    return (DocumentTable(_("Hasil pengukuran"), columns, rows),) if rows else ()


def add_measure(
    session: Session,
    *,
    document_id: int,
    goal: Goal,
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
    hold_document(session, document_id)
    if not goal.can_be_measured:
        raise errors.not_ready_to_measure()
    if measured_on < goal.values["baseline_on"]:
        raise errors.measured_before_baseline()
    if measured_on > today:
        raise errors.measured_in_future()
    known = select(FlagshipMeasure.id).where(
        FlagshipMeasure.document_id == document_id,
        FlagshipMeasure.row == goal.row,
        FlagshipMeasure.measured_on == measured_on,
    )
    if session.scalar(known) is not None:
        raise errors.measured_already()
    row = FlagshipMeasure(
        document_id=document_id,
        row=goal.row,
        measured_on=measured_on,
        value=value,
        note=note,
        recorded_by=actor.person_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    _changed(session, document_id, now)
    return row


def delete_measure(session: Session, *, document_id: int, measure_id: int, now: datetime) -> None:
    """Remove a measurement that was a slip; twice is once."""
    session.execute(
        delete(FlagshipMeasure).where(
            FlagshipMeasure.id == measure_id, FlagshipMeasure.document_id == document_id
        )
    )
    _changed(session, document_id, now)


def _changed(session: Session, document_id: int, now: datetime) -> None:
    plan = find_document(session, document_id)
    payload = {"programme_id": plan.programme_id, "school_id": plan.school_id, "document_id": plan.id}
    emit(session, Fact(CHANGED, now, payload))


@cache
def _words() -> dict[str, list[str]]:
    """Verbs for the hint about weak roles, as data."""
    file = files("imbas_program_unggulan") / "content" / "weak_words.yaml"
    found: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found
