"""Use cases: write the report, map problems, plan. Nobody commits here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imbas_spmi_documents.errors import gone, moved_on
from imbas_spmi_documents.frameworks import SOURCES, indicators
from imbas_spmi_documents.i18n import message
from imbas_spmi_documents.models import PlanLine, Problem, Report, ReportScore
from imbas_spmi_documents.rules import PARTS, StandardScore
from lms.api import Actor, Conflict, Fact, Invalid, Workplace, compare_and_set, emit

CHANGED = "spmi_documents.mapping_changed.v1"
MOST_PROBLEMS = 60
"""More rows than a school can work on; keeps a page and its queries small."""


@dataclass(frozen=True, slots=True)
class PlanFields:
    """What people write in a plan line; ``cost`` is whole rupiah, ``month`` 1..12."""

    programme: str
    activity: str
    target: str
    cost: int | None
    source: str
    month: int | None
    responsible: str


def save_report(
    session: Session,
    *,
    at: Workplace,
    version: int,
    year: int,
    entries: Mapping[int, tuple[StandardScore, str]],
    actor: Actor,
    now: datetime,
) -> Report:
    """Store the report: per standard its score and the condition found in validation.

    ``version`` is the one that was read (0 for none); raises Conflict when it has moved on.
    """
    report = session.scalar(
        select(Report).where(Report.programme_id == at.programme_id, Report.school_id == at.school_id)
    )
    if report is not None:
        compare_and_set(session, report, Report.version, seen=version, conflict=moved_on())
    elif version != 0:
        raise moved_on()
    else:
        report = Report(programme_id=at.programme_id, school_id=at.school_id, version=1, scores=[])
        session.add(report)
    report.year = year
    report.updated_at, report.updated_by = now, actor.person_id
    known = {row.standard: row for row in report.scores}
    for number, (entry, condition) in sorted(entries.items()):
        row = known.pop(number, None)
        if row is None:
            row = ReportScore(standard=number)
            report.scores.append(row)
        row.status, row.score, row.condition = entry.status, entry.score, condition
    for removed in known.values():
        report.scores.remove(removed)
    _changed(session, at, now)
    return report


def find_problem(session: Session, *, at: Workplace, problem_id: int) -> Problem:
    """A mapped problem of this school in this programme; raises NotFound."""
    problem = session.get(Problem, problem_id)
    if problem is None or (problem.programme_id, problem.school_id) != (at.programme_id, at.school_id):
        raise gone()
    return problem


def find_line(session: Session, *, at: Workplace, line_id: int) -> PlanLine:
    """A plan line of this school in this programme; raises NotFound."""
    line = session.get(PlanLine, line_id)
    if line is None:
        raise gone()
    find_problem(session, at=at, problem_id=line.problem_id)
    return line


def save_problem(
    session: Session,
    *,
    at: Workplace,
    problem_id: int | None,
    version: int,
    code: str,
    texts: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> Problem:
    """Store a mapped problem; parts may still be empty. Raises Conflict, Invalid, NotFound."""
    if code not in indicators():
        raise Invalid.at("code", message("Pilih indikator dari daftar."))
    if problem_id is None:
        _refuse_too_many(session, at)
        problem = Problem(programme_id=at.programme_id, school_id=at.school_id, version=1, lines=[])
        session.add(problem)
    else:
        problem = find_problem(session, at=at, problem_id=problem_id)
        compare_and_set(session, problem, Problem.version, seen=version, conflict=moved_on())
    problem.code = code
    for part in PARTS:
        setattr(problem, part, texts.get(part, ""))
    problem.updated_at, problem.updated_by = now, actor.person_id
    _changed(session, at, now)
    session.flush()
    return problem


def delete_problem(session: Session, *, at: Workplace, problem_id: int, version: int, now: datetime) -> None:
    """Remove a mapped problem; raises Conflict while plan lines still answer it."""
    problem = find_problem(session, at=at, problem_id=problem_id)
    compare_and_set(session, problem, Problem.version, seen=version, conflict=moved_on())
    if problem.lines:
        raise Conflict(
            message(
                "Masalah ini masih punya baris rencana. Tidak ada yang dihapus. Hapus baris rencananya dulu."
            )
        )
    session.delete(problem)
    _changed(session, at, now)


def save_line(
    session: Session,
    *,
    at: Workplace,
    problem_id: int,
    line_id: int | None,
    version: int,
    fields: PlanFields,
    actor: Actor,
    now: datetime,
) -> PlanLine:
    """Store a plan line that answers ``problem_id``; raises Conflict, Invalid, NotFound.

    There is no plan line without a mapped problem: that is the rule this module teaches.
    """
    problem = find_problem(session, at=at, problem_id=problem_id)
    if fields.source and fields.source not in SOURCES:
        raise Invalid.at("source", message("Pilih sumber dana dari daftar."))
    if line_id is None:
        line = PlanLine(problem_id=problem.id, version=1)
        session.add(line)
    else:
        line = find_line(session, at=at, line_id=line_id)
        compare_and_set(session, line, PlanLine.version, seen=version, conflict=moved_on())
        line.problem_id = problem.id
    for name in fields.__slots__:
        setattr(line, name, getattr(fields, name))
    line.updated_at, line.updated_by = now, actor.person_id
    _changed(session, at, now)
    session.flush()
    return line


def delete_line(session: Session, *, at: Workplace, line_id: int, version: int, now: datetime) -> None:
    """Remove a plan line; raises Conflict when it has moved on."""
    line = find_line(session, at=at, line_id=line_id)
    compare_and_set(session, line, PlanLine.version, seen=version, conflict=moved_on())
    session.delete(line)
    _changed(session, at, now)


def _refuse_too_many(session: Session, at: Workplace) -> None:
    count = session.scalar(
        select(func.count())
        .select_from(Problem)
        .where(Problem.programme_id == at.programme_id, Problem.school_id == at.school_id)
    )
    if (count or 0) >= MOST_PROBLEMS:
        raise Invalid.at(
            "code",
            message(
                "Paling banyak %(most_problems)s masalah. Pilih yang paling penting.",
                most_problems=MOST_PROBLEMS,
            ),
        )


def _changed(session: Session, at: Workplace, now: datetime) -> None:
    payload = {"programme_id": at.programme_id, "school_id": at.school_id}
    emit(session, Fact(CHANGED, now, payload))
