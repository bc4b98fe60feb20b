"""What a participant's first screen shows: what is late, one next thing, the stages, the tasks of this stage."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.completion import api as completion
from lms.contract.actors import Role
from lms.programmes import api as programmes
from lms.reports.views.tasks import StageTasks, Task, tasks_of
from lms.web.filters import percent
from lms.web.i18n import gettext as _

_LEADS = frozenset({Role.QUALITY_TEAM, Role.HEADMASTER})
"""Their work on service is the school's."""
_WITH_OTHERS = frozenset({"submitted", "in_review", "waiting", "provisional"})
"""Handed in: what is late now is not theirs to do."""


@dataclass(frozen=True, slots=True)
class Home:
    """The screen. ``next`` is one's first open task, by deadline; earlier stages come before this one."""

    programme: programmes.Programme
    strip: tuple[dict[str, Any], ...]
    stage: programmes.Stage
    overdue: tuple[Task, ...]
    """One's own work that an earlier stage still asks for."""
    school: tuple[Task, ...]
    """What the school still owes, that of earlier stages first."""
    next: Task | None
    others: tuple[Task, ...]
    """What plugins ask of this person, of no stage."""
    sessions: tuple[programmes.InServiceSession, ...]
    lacking: tuple[tuple[programmes.Stage, tuple[dict[str, str], ...]], ...]
    """Why a stage is not complete: this one, and each before it."""
    shown: tuple[StageTasks, ...]
    """The stages with their tasks: this one, and in a closed programme the others after it."""
    closed: bool
    """Nothing is open any more: what was begun can be read."""

    @property
    def mine(self) -> int:
        """How many of the school's tasks wait for this person."""
        return sum(task.is_open for task in self.school)


def home(
    session: Session,
    *,
    enrolment: programmes.Enrolment,
    others: tuple[Task, ...],
    language: str,
    now: datetime,
) -> Home | None:
    """Everything for one participant, with the ``others`` that plugins ask; None while the programme has no stage."""
    programme = programmes.get_programme(session, enrolment.programme_id)
    stages = programmes.stages_of(session, programme.id)
    stage = programmes.current_stage(stages, now)
    if stage is None:
        return None
    closed = programme.status is programmes.ProgrammeStatus.CLOSED
    begun = [entry for entry in stages if entry.no <= stage.no]
    states = {(row.stage_id, row.phase): row for row in completion.states_of_enrolment(session, enrolment.id)}
    of_school = _states_of_school(session, enrolment) if enrolment.role in _LEADS else {}
    found = {
        entry.stage.id: entry
        for entry in tasks_of(session, enrolment, stages if closed else begun, language=language, now=now)
    }
    this = found[stage.id]
    earlier = [] if closed else [_named(found[entry.id], now) for entry in begun if entry is not stage]
    overdue = tuple(task for entry in earlier for task in entry.own if task.is_owed)
    waiting = sorted(
        (task for task in (*overdue, *this.own, *others) if task.is_open and not closed),
        key=lambda task: task.due_at or stage.closes_at,
    )
    return Home(
        programme=programme,
        strip=tuple(
            _step(entry, states, of_school, current=entry.id == stage.id, now=now) for entry in stages
        ),
        stage=stage,
        overdue=overdue,
        school=tuple(task for entry in (*earlier, this) for task in entry.school if task.is_owed),
        next=waiting[0] if waiting else None,
        others=others,
        sessions=tuple(
            entry for entry in programmes.sessions_of(session, [stage.id]) if not entry.has_ended(now)
        ),
        lacking=tuple(
            (entry, tuple(whole.reasons))
            for entry in begun
            if (whole := states.get((entry.id, ""))) is not None and whole.reasons
        ),
        shown=_to_read(this, [found[entry.id] for entry in stages if entry is not stage])
        if closed
        else (this,),
        closed=closed,
    )


def _to_read(this: StageTasks, others: list[StageTasks]) -> tuple[StageTasks, ...]:
    """What can be read where nothing is asked for any more."""
    return tuple(
        replace(entry, own=tuple(replace(task, is_open=False) for task in entry.own if not task.post))
        for entry in (this, *others)
    )


def _named(tasks: StageTasks, now: datetime) -> StageTasks:
    """The tasks of an earlier stage, each with its stage named."""
    name = f"{_('Tahap')} {tasks.stage.no}"

    def named(task: Task) -> Task:
        is_late = task.due_at is not None and task.due_at <= now and task.word not in _WITH_OTHERS
        return replace(task, note=" · ".join(filter(None, (name, task.note))), is_late=is_late)

    return replace(tasks, own=tuple(map(named, tasks.own)), school=tuple(map(named, tasks.school)))


States = dict[tuple[int | None, str], completion.CompletionState]
"""(stage, phase) -> where somebody stands."""


def _states_of_school(session: Session, enrolment: programmes.Enrolment) -> States:
    rows = completion.states_of_schools(
        session, programme_id=enrolment.programme_id, school_ids=[enrolment.school_id]
    )
    return {(row.stage_id, row.phase): row for row in rows}


def _step(
    stage: programmes.Stage, states: States, of_school: States, *, current: bool, now: datetime
) -> dict[str, Any]:
    """One stage of the strip: shares of conditions met, None where nothing is asked."""

    def share(phase: str) -> int | None:
        own = states.get((stage.id, phase))
        found = own.done_percent if own else 0
        led = of_school.get((stage.id, phase)) if found is None else None
        return led.done_percent if led else found

    whole = states.get((stage.id, ""))
    in_share, on_share = share("in_service"), share("on_service")
    if whole and whole.met and not any(part is not None and part < 100 for part in (in_share, on_share)):
        text = _("Tidak ada tagihan") if in_share is None and on_share is None else _("Selesai")
    elif now < stage.opens_at:
        text = _("Belum mulai")
    else:
        text = f"In {percent(in_share)} · On {percent(on_share)}"
    return {
        "title": f"{_('Tahap')} {stage.no}",
        "text": text,
        "in_share": in_share,
        "on_share": on_share,
        "current": current,
        "href": url_for("reports.stage", stage_id=stage.id),
    }
