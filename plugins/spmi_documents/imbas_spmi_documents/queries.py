"""What pages, rules and exports read: boards of schools and facts for the completion rule."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_spmi_documents.frameworks import bands
from imbas_spmi_documents.i18n import message
from imbas_spmi_documents.models import PlanLine, Problem, Report
from imbas_spmi_documents.rules import (
    PARTS,
    PLAN_PARTS,
    ReportBand,
    StandardScore,
    band_of,
    mean,
    missing_parts,
    missing_plan_parts,
)
from lms.api import Award, CertificateLine, Place, RuleSubject, among, place_of_workplace

Key = tuple[int, int]
"""Programme id and school id."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a school has written in a programme."""

    report: Report | None
    problems: tuple[Problem, ...]

    @property
    def scores(self) -> tuple[StandardScore, ...]:
        """The standards entered so far."""
        if self.report is None:
            return ()
        return tuple(StandardScore(row.standard, row.status, row.score) for row in self.report.scores)

    @property
    def mean(self) -> Decimal | None:
        """The school's score, or None while a standard has none."""
        return mean(self.scores)

    @property
    def band(self) -> ReportBand | None:
        """The school's category, when it has a score."""
        return None if self.mean is None else band_of(self.mean, bands())

    @property
    def lines(self) -> tuple[PlanLine, ...]:
        """All plan lines, in the order of their problems."""
        return tuple(line for problem in self.problems for line in problem.lines)

    @property
    def cost(self) -> int:
        """What the plan costs, in rupiah."""
        return sum(line.cost or 0 for line in self.lines)

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of the rule ``mapping_complete``."""
        mapped = [problem for problem in self.problems if not open_parts(problem)]
        return {
            "standards": len(self.scores),
            "problems": len(mapped),
            "planned": sum(any(not open_plan_parts(line) for line in problem.lines) for problem in mapped),
        }


def open_parts(problem: Problem) -> tuple[str, ...]:
    """The parts of a mapped problem that are still to be written."""
    return missing_parts({part: getattr(problem, part) for part in PARTS})


def open_plan_parts(line: PlanLine) -> tuple[str, ...]:
    """The parts of a plan line that are still open."""
    return missing_plan_parts({part: getattr(line, part) for part in PLAN_PARTS})


def board(session: Session, *, programme_id: int, school_id: int) -> Board:
    """What a school has written; four queries, whatever its size."""
    key = (programme_id, school_id)
    return boards(session, [key])[key]


def boards(session: Session, keys: Iterable[Key]) -> Mapping[Key, Board]:
    """Boards of many schools at once, each present even when nothing is written yet."""
    wanted = tuple(dict.fromkeys(keys))
    programmes, schools = {key[0] for key in wanted}, {key[1] for key in wanted}
    reports = {
        (report.programme_id, report.school_id): report
        for report in session.scalars(
            select(Report).where(among(Report.programme_id, programmes), among(Report.school_id, schools))
        )
    }
    problems: dict[Key, list[Problem]] = defaultdict(list)
    for problem in session.scalars(
        select(Problem)
        .where(among(Problem.programme_id, programmes), among(Problem.school_id, schools))
        .order_by(Problem.id)
    ):
        problems[problem.programme_id, problem.school_id].append(problem)
    return {key: Board(reports.get(key), tuple(problems[key])) for key in wanted}


def gather(session: Session, subjects: tuple[RuleSubject, ...]) -> tuple[Mapping[str, Any], ...]:
    """Facts of the rule ``mapping_complete`` for many schools, in four queries."""
    keys = [(subject.programme_id, subject.school_id) for subject in subjects]
    found = boards(session, keys)
    return tuple(found[key].facts for key in keys)


def certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    """What a school did with its report, on its certificate; a person's says nothing about the school.

    Not the report's score: it is the state before the programme, and a certificate is shown to others.
    """
    if award.enrolment_id is not None:
        return ()
    facts = board(session, programme_id=award.programme_id, school_id=award.school_id).facts
    if not facts["planned"]:
        return ()
    label = message("Pemetaan mutu")
    return (CertificateLine(label, f"{facts['planned']} masalah mutu dipetakan sampai rencana"),)


def score_rows(session: Session, place: Place) -> Iterator[Sequence[object]]:
    """Lines of the report export: one per school with a quality report at ``place``.

    A place with a school gives that school; one with a programme gives all its schools.
    """
    query = select(Report).order_by(Report.programme_id, Report.school_id)
    if place.programme_id is not None:
        query = query.where(Report.programme_id == place.programme_id)
    if place.school_id is not None:
        query = query.where(Report.school_id == place.school_id)
    if place.programme_id is None and place.school_id is None:
        return
    for report in session.scalars(query):
        found = Board(report, ())
        by_standard = {entry.standard: entry.score for entry in found.scores}
        yield (
            report.school_id,
            report.year,
            *(by_standard.get(number) for number in range(1, 9)),
            found.mean,
            found.band.label if found.band else "",
        )


__all__ = [
    "Board",
    "board",
    "boards",
    "certificate_lines",
    "gather",
    "open_parts",
    "open_plan_parts",
    "place_of_workplace",
    "score_rows",
]
