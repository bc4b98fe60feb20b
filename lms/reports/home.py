"""What a participant's first screen shows: one next thing, the stages, the tasks of this stage."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.completion import api as completion
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.programmes import api as programmes
from lms.web.formats import number, percent


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the task list; ``post`` when opening it makes something."""

    title: str
    href: str
    word: str
    text: str = ""
    due_at: datetime | None = None
    note: str = ""
    is_open: bool = False
    post: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """The screen. ``next`` is one's first open task, by deadline; ``school`` is what the school owes."""

    programme: programmes.Programme
    strip: tuple[dict[str, Any], ...]
    stage: programmes.Stage
    tasks: tuple[Task, ...]
    school: tuple[Task, ...]
    next: Task | None
    sessions: tuple[programmes.InServiceSession, ...]
    reasons: tuple[dict[str, str], ...]
    others: tuple[tuple[programmes.Stage, tuple[Task, ...]], ...]
    closed: bool
    """Nothing is open any more: what was begun can be read."""

    @property
    def shown(self) -> tuple[tuple[programmes.Stage, tuple[Task, ...]], ...]:
        """The stages with their tasks: this one, and in a closed programme the others after it."""
        return (self.stage, self.tasks), *self.others


def home(session: Session, *, enrolment: programmes.Enrolment, english: bool, now: datetime) -> Home | None:
    """Everything for one participant; None while the programme has no stage."""
    programme = programmes.get_programme(session, enrolment.programme_id)
    stages = programmes.stages_of(session, programme.id)
    stage = programmes.current_stage(stages, now)
    if stage is None:
        return None
    states = {(row.stage_id, row.phase): row for row in completion.states_of_enrolment(session, enrolment.id)}
    tasks, school = _tasks(session, enrolment, stage, english=english)
    closed = programme.status is programmes.ProgrammeStatus.CLOSED
    others: list[tuple[programmes.Stage, tuple[Task, ...]]] = []
    if closed:
        tasks = _to_read(tasks)
        for other in stages:
            if other is not stage:
                own, _school = _tasks(session, enrolment, other, english=english)
                others.append((other, tuple(_to_read(own))))
    open_tasks = sorted(
        (task for task in tasks if task.is_open), key=lambda task: task.due_at or stage.closes_at
    )
    whole = states.get((stage.id, ""))
    return Home(
        programme=programme,
        strip=tuple(_step(entry, states, current=entry.id == stage.id, now=now) for entry in stages),
        stage=stage,
        tasks=tuple(tasks),
        school=tuple(school),
        next=open_tasks[0] if open_tasks else None,
        sessions=tuple(entry for entry in programmes.sessions_of(session, [stage.id]) if entry.ends_at > now),
        reasons=tuple(whole.reasons) if whole else (),
        others=tuple(others),
        closed=closed,
    )


def _to_read(tasks: list[Task]) -> list[Task]:
    """What can be read where nothing is asked for any more."""
    return [replace(task, is_open=False) for task in tasks if not task.post]


def _tasks(
    session: Session,
    enrolment: programmes.Enrolment,
    stage: programmes.Stage,
    *,
    english: bool,
) -> tuple[list[Task], list[Task]]:
    """One's own tasks, and those of the school for who acts for it."""
    owes = {entry.role: entry for entry in programmes.definition_of(
        programmes.get_programme(session, enrolment.programme_id)).participants}  # fmt: skip
    duty = owes.get(enrolment.role)  # type: ignore[call-overload]
    moved = programmes.deadlines(
        session, programme_id=enrolment.programme_id, school_ids=[enrolment.school_id]
    )
    tasks: list[Task] = []
    read = modules.read_counts(session, enrolment_id=enrolment.id)
    placements = modules.placements_of(session, [stage.id])
    quizzes = assessment.quizzes_of(session, [stage.id]) if duty and duty.quizzes else []
    attempts: dict[int, list[assessment.Attempt]] = {}
    for attempt in assessment.attempts_of(session, enrolment.id) if quizzes else ():
        attempts.setdefault(attempt.quiz_id, []).append(attempt)
    due = {quiz.id: _due_of(moved, stage, enrolment, quiz) for quiz in quizzes}
    before = {quiz.placement_id: due[quiz.id] for quiz in quizzes if quiz.id not in attempts}
    for placement in placements:
        module = modules.module_of(placement)
        total = len(modules.material_sections(module, f"/materi/gambar/{module.key}")) if module else 0
        done = read.get(placement.id, 0)
        unread = "not_started" if placement.id in before else "optional"  # its quiz is over: only to look up
        tasks.append(
            Task(
                f"{_('Materi')}: {placement.title}", url_for("modules.material", placement_id=placement.id),
                "done" if total and done >= total else unread,
                "" if not done or done >= total else f"{done}/{total}", before.get(placement.id),
                note=f"{placement.jp_in} JP In", is_open=done < total and placement.id in before,
            )
        )  # fmt: skip
    tasks += _quiz_tasks(quizzes, attempts, due, english=english)
    if duty and duty.products:
        tasks += _product_tasks(session, enrolment, stage, moved, english=english)
    if enrolment.role in _SCHOOL_DUTY:
        return tasks, _school_tasks(session, enrolment, stage, moved, english=english)
    return tasks, []


def _due_of(
    moved: programmes.Deadlines, stage: programmes.Stage, enrolment: programmes.Enrolment, quiz: assessment.Quiz
) -> datetime:  # fmt: skip
    return moved.due_at(
        stage_id=stage.id, school_id=enrolment.school_id, target=quiz.key, default=quiz.due_at
    )


def _quiz_tasks(
    quizzes: list[assessment.Quiz],
    attempts: dict[int, list[assessment.Attempt]],
    due: dict[int, datetime],
    *,
    english: bool,
) -> list[Task]:
    tasks = []
    for quiz in quizzes:
        word, text, is_open = _quiz_word(attempts.get(quiz.id, []))
        tasks.append(
            Task(
                quiz.title_en if english else quiz.title_id,
                url_for("assessment.intro", quiz_id=quiz.id), word, text, due[quiz.id],
                note=ngettext("%(num)s menit", "%(num)s menit", quiz.minutes), is_open=is_open,
            )
        )  # fmt: skip
    return tasks


def _quiz_word(own: list[assessment.Attempt]) -> tuple[str, str, bool]:
    if not own:
        return "not_started", "", True
    if any(attempt.state is assessment.AttemptState.IN_PROGRESS for attempt in own):
        return "draft", _("Sedang dikerjakan"), True
    if any(attempt.state is assessment.AttemptState.SUBMITTED for attempt in own):
        return "waiting", _("Sedang dinilai"), False
    best = max(own, key=lambda attempt: (not attempt.provisional, attempt.percent))
    shown = number(best.percent, 2)
    return (
        ("provisional", f"{shown} · {_('Sementara')}", False) if best.provisional else ("done", shown, False)
    )


def _product_tasks(
    session: Session, enrolment: programmes.Enrolment, stage: programmes.Stage, moved: programmes.Deadlines,
    *, english: bool,
) -> list[Task]:  # fmt: skip
    dues = [due for due in evidence.dues_of(session, [stage.id]) if due.unit is Unit.TEACHER]
    rows = {
        row.due_id: row
        for row in evidence.submissions_of(
            session,
            due_ids=[due.id for due in dues],
            school_ids=[enrolment.school_id],
            enrolment_ids=[enrolment.id],
        )
    }
    tasks = []
    for due in dues:
        row = rows.get(due.id)
        word = row.status.value if row else ("not_started" if due.mandatory else "optional")
        href = (
            url_for("evidence.submission", submission_id=row.id) if row
            else url_for("evidence.open_own", due_id=due.id)
        )  # fmt: skip
        due_at = moved.due_at(
            stage_id=stage.id, school_id=enrolment.school_id, target=due.deliverable_key, default=due.due_at
        )
        tasks.append(
            Task(
                due.title_en if english else due.title_id, href, word, due_at=due_at, post=row is None,
                is_open=due.mandatory and word in {"not_started", "draft", "needs_revision"},
            )
        )  # fmt: skip
    return tasks


_SCHOOL_DUTY = {
    Role.QUALITY_TEAM: frozenset({"not_started", "needs_revision"}),
    Role.HEADMASTER: frozenset({"draft"}),
}
"""Whose turn it is: the team uploads, the headmaster approves a draft."""


def _school_tasks(
    session: Session, enrolment: programmes.Enrolment, stage: programmes.Stage, moved: programmes.Deadlines,
    *, english: bool,
) -> list[Task]:  # fmt: skip
    is_model = enrolment.school_id in programmes.model_schools(
        session, enrolment.programme_id, [enrolment.school_id]
    )
    dues = [
        due
        for due in evidence.dues_of(session, [stage.id])
        if due.unit is Unit.SCHOOL and (is_model or not due.models_only)
    ]
    found = evidence.submissions_of(
        session, due_ids=[due.id for due in dues], school_ids=[enrolment.school_id], enrolment_ids=[0]
    )
    rows = {row.due_id: row for row in found}
    tasks = []
    for due in dues:
        row = rows.get(due.id)
        word = row.status.value if row else ("not_started" if due.mandatory else "optional")
        due_at = moved.due_at(
            stage_id=stage.id, school_id=enrolment.school_id, target=due.deliverable_key, default=due.due_at
        )
        tasks.append(
            Task(
                due.title_en if english else due.title_id,
                url_for("evidence.submission", submission_id=row.id) if row
                else url_for("evidence.open_for_school", due_id=due.id, school_id=enrolment.school_id),
                word, due_at=due_at, post=row is None, note=_turn(word),
                is_open=due.mandatory and word in _SCHOOL_DUTY[enrolment.role],
            )
        )  # fmt: skip
    return tasks


def _turn(word: str) -> str:
    turns: dict[str, str] = {
        "draft": _("Giliran: kepala sekolah mengesahkan"),
        "submitted": _("Giliran: penilai LPMP"),
        "in_review": _("Giliran: penilai LPMP"),
        "needs_revision": _("Giliran: TPMPS melengkapi"),
        "not_started": _("Giliran: TPMPS mengunggah"),
    }
    return turns.get(word, "")


def _step(
    stage: programmes.Stage,
    states: dict[tuple[int, str], completion.CompletionState],
    *,
    current: bool,
    now: datetime,
) -> dict[str, Any]:
    def share(phase: str) -> int:
        row = states.get((stage.id, phase))
        return int(row.fraction * Decimal(100)) if row else 0

    whole = states.get((stage.id, ""))
    in_share, on_share = share("in_service"), share("on_service")
    if whole and whole.met:
        text = _("Selesai")
    elif now < stage.opens_at:
        text = _("Belum mulai")
    else:
        text = f"In {percent(in_share)} · On {percent(on_share)}"
    return {
        "title": f"{_('Tahap')} {stage.no}", "text": text, "in_share": in_share, "on_share": on_share,
        "current": current, "href": url_for("reports.stage", stage_id=stage.id),
    }  # fmt: skip
