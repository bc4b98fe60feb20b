"""The control room: which schools need follow-up. A few grouped queries, whatever the number of schools."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.completion import api as completion
from lms.evidence import api as evidence
from lms.people import api as people
from lms.platform.long_lists import among
from lms.programmes import api as programmes
from lms.reports.system import System, system_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A school in a stage: complete people, whether the school itself is, and what is missing."""

    stage_no: int
    met: bool
    people_done: int
    people: int
    reasons: tuple[dict[str, Any], ...]
    progress: str
    fraction: int


@dataclass(frozen=True, slots=True)
class Row:
    """A school of the table."""

    school: people.School
    is_model: bool
    cells: tuple[Cell, ...]
    people_done: int
    people: int

    @property
    def late(self) -> tuple[Cell, ...]:
        """The stages that are over, and that the school has not completed."""
        return tuple(cell for cell in self.cells if not cell.met and cell.progress == "closed")


@dataclass(frozen=True, slots=True)
class ControlRoom:
    """The screen for one programme."""

    programme: programmes.Programme
    stages: list[programmes.Stage]
    rows: tuple[Row, ...]
    """The schools of this page, of all or of those behind."""
    schools: int
    behind: int
    """Of all schools: how many have not completed a stage that is over."""
    first_behind: tuple[Row, ...]
    """The first of those, wherever they stand in the table."""
    waiting: int
    oldest_at: datetime | None
    ready: int
    everybody: int
    system: System


FIRST_BEHIND = 10
"""Schools behind that stand on the first screen; the whole list is a press away."""


def control_room(
    session: Session, *, programme_id: int, page: int, now: datetime, only_behind: bool = False
) -> ControlRoom:
    """The control room of a programme, fifty schools a page; ``only_behind`` leaves out who is on time."""
    programme = programmes.get_programme(session, programme_id)
    stages = programmes.stages_of(session, programme_id)
    over = [stage.id for stage in stages if stage.closes_at <= now]
    through = completion.schools_through(programme_id, over)
    behind = programmes.count_schools(session, programme_id, but=through) if over else 0
    first = (
        programmes.schools_of(session, programme_id, page=1, size=FIRST_BEHIND, but=through) if behind else []
    )
    if only_behind:
        schools = programmes.schools_of(session, programme_id, page=page, but=through) if behind else []
    else:
        schools = programmes.schools_of(session, programme_id, page=page)
    ids = sorted({school.id for school, _kind in (*schools, *first)})
    states = {
        (row.school_id, row.stage_id): row
        for row in completion.states_of_schools(
            session, programme_id=programme_id, school_ids=ids, phases=False
        )
    }
    counts = completion.people_counts(session, programme_id=programme_id, school_ids=ids)
    ready, everybody = completion.programme_counts(session, programme_id=programme_id)
    waiting, oldest = _waiting(session, stages)
    return ControlRoom(
        programme=programme,
        stages=stages,
        rows=tuple(_row(school, kind, stages, states, counts, now) for school, kind in schools),
        schools=programmes.count_schools(session, programme_id),
        behind=behind,
        first_behind=tuple(_row(school, kind, stages, states, counts, now) for school, kind in first),
        waiting=waiting,
        oldest_at=oldest,
        ready=ready,
        everybody=everybody,
        system=system_of(session, now),
    )


def _row(
    school: people.School,
    kind: programmes.SchoolKind,
    stages: list[programmes.Stage],
    states: dict[tuple[int, int | None], completion.CompletionState],
    counts: dict[tuple[int, int | None], tuple[int, int]],
    now: datetime,
) -> Row:
    cells = []
    for stage in stages:
        state = states.get((school.id, stage.id))
        done, everybody = counts.get((school.id, stage.id), (0, 0))
        progress = programmes.stage_progress(stage.opens_at, stage.closes_at, now)
        cells.append(
            Cell(
                stage.no,
                bool(state and state.met),
                done,
                everybody,
                tuple(state.reasons) if state else (),
                progress.value,
                int(state.fraction * 100) if state else 0,
            )
        )
    done, everybody = counts.get((school.id, None), (0, 0))
    return Row(school, kind is programmes.SchoolKind.MODEL, tuple(cells), done, everybody)


def _waiting(session: Session, stages: list[programmes.Stage]) -> tuple[int, datetime | None]:
    """Evidence and essays that wait for a grader, and since when the oldest does."""
    ids = [stage.id for stage in stages]
    pieces = session.execute(
        select(func.count(), func.min(evidence.Submission.submitted_at))
        .join(evidence.Assignment, evidence.Assignment.id == evidence.Submission.due_id)
        .where(
            among(evidence.Assignment.stage_id, ids),
            evidence.Submission.status.in_(
                [evidence.SubmissionStatus.SUBMITTED, evidence.SubmissionStatus.IN_REVIEW]
            ),
        )
    ).one()
    essays = session.execute(
        select(func.count(), func.min(assessment.Attempt.submitted_at))
        .join(assessment.Quiz, assessment.Quiz.id == assessment.Attempt.quiz_id)
        .where(
            among(assessment.Quiz.stage_id, ids),
            assessment.Attempt.state == assessment.AttemptState.AWAITING_MARK,
        )
    ).one()
    oldest = [moment for moment in (pieces[1], essays[1]) if moment is not None]
    return pieces[0] + essays[0], min(oldest) if oldest else None
