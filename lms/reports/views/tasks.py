"""The tasks of a participant, stage by stage: material, quizzes, own products, and the school's evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.programmes import api as programmes
from lms.web.filters import number
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the task list; ``post`` when opening it makes something.

    ``is_open``: one can act on it now. ``is_owed``: it is still lacking, whoever has to act. ``is_late``: its day is over, in a stage before this one.
    """

    title: str
    href: str
    word: str
    text: str = ""
    due_at: datetime | None = None
    note: str = ""
    is_open: bool = False
    is_owed: bool = False
    is_late: bool = False
    post: bool = False


@dataclass(frozen=True, slots=True)
class StageTasks:
    """What one stage asks of a participant, and of the school for who acts for it."""

    stage: programmes.Stage
    own: tuple[Task, ...]
    school: tuple[Task, ...]


def tasks_of(
    session: Session,
    enrolment: programmes.Enrolment,
    stages: Sequence[programmes.Stage],
    *,
    language: str,
    now: datetime,
) -> tuple[StageTasks, ...]:
    """The tasks of some stages; as many statements for all of them as for one."""
    found = _Found(session, enrolment, stages, language=language, now=now)
    return tuple(
        StageTasks(
            stage,
            (*found.materials(stage), *found.quiz_tasks(stage), *found.products(stage)),
            tuple(found.school_tasks(stage)),
        )
        for stage in stages
    )


_SCHOOL_DUTY = {
    Role.QUALITY_TEAM: frozenset({"not_started", "needs_revision"}),
    Role.HEADMASTER: frozenset({"draft"}),
}
"""Whose turn it is: the team uploads, the headmaster approves a draft."""


class _Found:
    """All that is stored about a participant and some stages."""

    def __init__(
        self,
        session: Session,
        enrolment: programmes.Enrolment,
        stages: Sequence[programmes.Stage],
        *,
        language: str,
        now: datetime,
    ) -> None:
        self.enrolment, self.language, self.now = enrolment, language, now
        ids = [stage.id for stage in stages]
        programme = programmes.get_programme(session, enrolment.programme_id)
        owes: Mapping[str, programmes.Participant] = {
            entry.role: entry for entry in programmes.definition_of(programme).participants
        }
        duty = owes.get(enrolment.role)
        self.moved = programmes.deadlines(
            session, programme_id=enrolment.programme_id, school_ids=[enrolment.school_id]
        )
        self.placements = modules.placements_of(session, ids)
        self.progress = modules.progress_of(session, enrolment_ids=[enrolment.id], placements=self.placements)
        self.quizzes = assessment.quizzes_of(session, ids) if duty and duty.quizzes else []
        self.attempts: dict[int, list[assessment.Attempt]] = {}
        for attempt in assessment.attempts_of(session, enrolment.id) if self.quizzes else ():
            self.attempts.setdefault(attempt.quiz_id, []).append(attempt)
        self.acts_for_school = enrolment.role in _SCHOOL_DUTY
        self.dues = _dues(
            session, enrolment, ids, own=bool(duty and duty.products), school=self.acts_for_school
        )
        self.submissions = {
            row.due_id: row
            for row in (
                evidence.submissions_of(
                    session,
                    due_ids=[due.id for due in self.dues],
                    school_ids=[enrolment.school_id],
                    enrolment_ids=[enrolment.id, None],
                )
                if self.dues
                else ()
            )
        }

    def due_at(self, stage: programmes.Stage, target: str, default: datetime) -> datetime:
        return self.moved.due_at(
            stage_id=stage.id, school_id=self.enrolment.school_id, target=target, default=default
        )

    def materials(self, stage: programmes.Stage) -> Iterator[Task]:
        """Material is read before its quiz; once that was tried it is there to look something up.

        Where the programme requires it to be read, it is owed until it is.
        """
        due_at = {
            quiz.placement_id: self.due_at(stage, quiz.key, quiz.due_at)
            for quiz in self.quizzes
            if quiz.stage_id == stage.id
        }
        tried = {quiz.placement_id for quiz in self.quizzes if quiz.id in self.attempts}
        for placement in self.placements:
            if placement.stage_id != stage.id:
                continue
            progress = self.progress[self.enrolment.id, placement.id]
            unread = not progress.is_complete
            asked = placement.reading_required or (placement.id in due_at and placement.id not in tried)
            required = _("wajib dibaca") if placement.reading_required else ""
            yield Task(
                f"{_('Materi')}: {placement.title}",
                url_for("modules.material", placement_id=placement.id),
                ("not_started" if asked else "optional") if unread else "done",
                f"{progress.read}/{progress.total}" if unread and progress.read else "",
                due_at.get(placement.id) if asked else None,
                note=" · ".join(filter(None, (f"{placement.jp_in} JP In", required))),
                is_open=unread and asked and progress.total > 0,
                is_owed=unread and placement.reading_required,
            )

    def quiz_tasks(self, stage: programmes.Stage) -> Iterator[Task]:
        """A quiz that nobody can begin any more is still owed."""
        for quiz in self.quizzes:
            if quiz.stage_id != stage.id:
                continue
            due_at = self.due_at(stage, quiz.key, quiz.due_at)
            own = self.attempts.get(quiz.id, [])
            word, text, is_owed = _quiz_word(own)
            yield Task(
                quiz.title.in_(self.language),
                url_for("assessment.intro", quiz_id=quiz.id),
                word,
                text,
                due_at,
                note=ngettext("%(num)s menit", "%(num)s menit", quiz.minutes),
                is_open=is_owed and (bool(own) or self.now < due_at),
                is_owed=is_owed,
            )

    def products(self, stage: programmes.Stage) -> Iterator[Task]:
        """One's own products."""
        for due in self.dues:
            if due.stage_id == stage.id and due.unit is Unit.TEACHER:
                address = url_for("evidence.open_own", due_id=due.id)
                yield self._product(stage, due, address, _OWN_DUTY)

    def school_tasks(self, stage: programmes.Stage) -> Iterator[Task]:
        """The school's products, each with whose turn it is."""
        for due in self.dues:
            if due.stage_id == stage.id and due.unit is Unit.SCHOOL:
                address = url_for(
                    "evidence.open_for_school", due_id=due.id, school_id=self.enrolment.school_id
                )
                yield self._product(stage, due, address, _SCHOOL_DUTY[self.enrolment.role], turns=True)

    def _product(
        self,
        stage: programmes.Stage,
        due: evidence.Assignment,
        address: str,
        mine: frozenset[str],
        *,
        turns: bool = False,
    ) -> Task:
        row = self.submissions.get(due.id)
        word = row.status.value if row else ("not_started" if due.mandatory else "optional")
        return Task(
            due.title.in_(self.language),
            url_for("evidence.submission", submission_id=row.id) if row else address,
            word,
            due_at=self.due_at(stage, due.deliverable_key, due.due_at),
            note=_turn(word) if turns else "",
            is_open=due.mandatory and word in mine,
            is_owed=word not in {"accepted", "optional"},
            post=row is None,
        )


def _dues(
    session: Session, enrolment: programmes.Enrolment, stage_ids: list[int], *, own: bool, school: bool
) -> list[evidence.Assignment]:
    """What the participant owes, and what the school owes where one acts for it."""
    if not own and not school:
        return []
    units = {Unit.TEACHER: own, Unit.SCHOOL: school}
    dues = [due for due in evidence.dues_of(session, stage_ids) if units[due.unit]]
    if school and not programmes.model_schools(session, enrolment.programme_id, [enrolment.school_id]):
        return [due for due in dues if due.unit is Unit.TEACHER or not due.models_only]
    return dues


_OWN_DUTY = frozenset({"not_started", "draft", "needs_revision"})


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


def _turn(word: str) -> str:
    turns: dict[str, str] = {
        "draft": _("Giliran: kepala sekolah mengesahkan"),
        "submitted": _("Giliran: penilai LPMP"),
        "in_review": _("Giliran: penilai LPMP"),
        "needs_revision": _("Giliran: TPMPS melengkapi"),
        "not_started": _("Giliran: TPMPS mengunggah"),
    }
    return turns.get(word, "")
