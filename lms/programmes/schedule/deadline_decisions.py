"""Moving deadlines: what an admin decides once is brought to the schools by the worker, a hundred at a time.

A decision for one school, or for no more than ``CHUNK``, is in force when the page answers. A larger one leaves an event
(``DEADLINE_DECIDED``); each transaction of the worker takes the next schools and leaves the event again. So nobody waits for
10,000 schools, a worker that is killed goes on where it was, and the history shows how far it is.

Decisions reach each school in the order in which they were made: the worker ends the oldest of a stage first, and who
decides for one school brings it first what is still on its way to everybody. So a decision that is taken back leaves the
one before it in force.
"""

from datetime import datetime

from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from lms.contract.errors import Invalid
from lms.contract.events import EventHandler, Fact
from lms.contract.text import message
from lms.platform.audit import Change, record_each
from lms.platform.db import table_of
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.programmes.enrolment.queries import next_school_ids
from lms.programmes.events import DEADLINE_DECIDED, DEADLINE_MOVED
from lms.programmes.models import DeadlineChange, DeadlineDecision, ProgrammeSchool, Stage
from lms.programmes.schedule.deadlines import Deadlines, deadlines

CHUNK = 100
"""Schools of one transaction, and of one event."""


def move_deadline(
    session: Session,
    *,
    stage_id: int,
    school_id: int | None,
    target: str,
    due_at: datetime,
    defined_at: datetime,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> tuple[int, bool]:
    """Move a deadline for one school, or for every school of the programme (None): how many schools, and is it done?

    ``defined_at`` is what the definition says. Done, the number says how many had another deadline until now: a school
    that has this one by a move already is left alone, so that saying it twice is once. Otherwise it says how many
    schools the worker will look at. Raises Invalid without a reason or with a time in the past.
    """
    if not reason.strip():
        raise Invalid(
            message("Belum disimpan. Tulis alasan perubahan batas waktu."),
            fields={"reason": message("Tulis alasannya.")},
        )
    if due_at <= now:
        raise Invalid(
            message("Belum disimpan. Batas baru sudah lewat."),
            fields={"due_on": message("Pilih waktu yang akan datang.")},
        )
    stage = _held(session, stage_id)
    of_programme = ProgrammeSchool.programme_id == stage.programme_id
    total = 1 if school_id is not None else session.scalar(select(func.count()).where(of_programme)) or 0
    decision = DeadlineDecision(
        stage_id=stage_id,
        school_id=school_id,
        target=target,
        due_at=due_at,
        defined_at=defined_at,
        reason=reason.strip(),
        decided_by=actor_id,
        decided_at=now,
        total=total,
        done=0,
        upto_school_id=0,
    )
    session.add(decision)
    session.flush()
    if school_id is not None:
        for earlier in session.scalars(_unfinished(stage_id).where(DeadlineDecision.id < decision.id)):
            if earlier.withdrawn_at is None:
                _say(session, earlier, stage, _move(session, earlier, stage, [school_id], now), now)
    return _begin(session, decision, stage, now)


def withdraw(
    session: Session, *, stage_id: int, decision_id: int, actor_id: int | None, now: datetime
) -> tuple[int, bool]:
    """Take back one decision for every school for which it is the newest: how many those are, and is it done?

    What was in force before it is so again. Of a decision that the worker is still bringing to the schools the rest
    is left. Raises Invalid for a decision about another stage.
    """
    decision = session.get(DeadlineDecision, decision_id)
    if decision is None or decision.stage_id != stage_id:
        raise Invalid.at(
            "move",
            message("Perubahan batas ini tidak ada. Tidak ada yang diubah. Pilih dari riwayatnya."),
        )
    stage = _held(session, stage_id)
    session.refresh(decision)
    if decision.withdrawn_at is not None and decision.finished_at is None:
        return decision.total, False
    total = session.scalar(select(func.count()).select_from(_newest_of(decision).subquery())) or 0
    if total == 0 and decision.finished_at is not None:
        return 0, True
    decision.withdrawn_by, decision.withdrawn_at = actor_id, now
    decision.total, decision.done, decision.upto_school_id, decision.finished_at = total, 0, 0, None
    return _begin(session, decision, stage, now)


def _held(session: Session, stage_id: int) -> Stage:
    """The stage, about which nobody else decides, and the worker does nothing, until this transaction ends."""
    return session.get_one(Stage, stage_id, with_for_update={"key_share": True})


def _begin(session: Session, decision: DeadlineDecision, stage: Stage, now: datetime) -> tuple[int, bool]:
    if decision.total > CHUNK:
        emit(session, Fact(DEADLINE_DECIDED, now, {"decision_id": decision.id}))
        return decision.total, False
    changed = 0
    while decision.finished_at is None:
        changed += _go_on(session, decision, stage, now)
    return changed, True


def work_on(session: Session, *, decision_id: int, now: datetime) -> None:
    """Bring a decision to the next schools, or take it back from them, and ask for more; once finished it does nothing.

    An older one of the stage that is not finished takes its turn.
    """
    decision = session.get(DeadlineDecision, decision_id)
    if decision is None:  # its stage was taken out of the definition meanwhile
        return
    stage = _held(session, decision.stage_id)
    session.refresh(decision)
    if decision.finished_at is not None:
        return
    oldest = session.scalars(_unfinished(stage.id).limit(1).execution_options(populate_existing=True)).one()
    _go_on(session, oldest, stage, now)
    if decision.finished_at is None:
        emit(session, Fact(DEADLINE_DECIDED, now, {"decision_id": decision_id}))


def _unfinished(stage_id: int) -> Select[DeadlineDecision]:
    """What the worker is bringing to the schools of a stage, or taking back from them, in the order in which it was decided."""
    return (
        select(DeadlineDecision)
        .where(DeadlineDecision.stage_id == stage_id, DeadlineDecision.finished_at.is_(None))
        .order_by(DeadlineDecision.id)
    )


def _go_on(session: Session, decision: DeadlineDecision, stage: Stage, now: datetime) -> int:
    """The next schools; how many of them have another deadline now."""
    if decision.withdrawn_at is not None:
        school_ids = changed = _take_back(session, decision, now)
    else:
        school_ids = (
            [decision.school_id]
            if decision.school_id is not None
            else next_school_ids(session, stage.programme_id, after=decision.upto_school_id, most=CHUNK)
        )
        changed = _move(session, decision, stage, school_ids, now)
    _say(session, decision, stage, changed, now)
    decision.done += len(school_ids)
    if len(school_ids) == CHUNK:
        decision.upto_school_id = school_ids[-1]
        return len(changed)
    decision.finished_at = now
    session.flush()
    rows = select(DeadlineChange.id).where(DeadlineChange.decision_id == decision.id)
    if session.scalar(rows.limit(1)) is None:
        session.delete(decision)  # every school had this deadline already: nothing was decided
    return len(changed)


def _say(
    session: Session, decision: DeadlineDecision, stage: Stage, school_ids: list[int], now: datetime
) -> None:
    """Leave the event that these schools have another deadline now."""
    if school_ids:
        payload = {
            "programme_id": stage.programme_id,
            "school_ids": school_ids,
            "decision_id": decision.id,
        }
        emit(session, Fact(DEADLINE_MOVED, now, payload))


def _move(
    session: Session, decision: DeadlineDecision, stage: Stage, school_ids: list[int], now: datetime
) -> list[int]:
    """Write the decision down for some schools; those of them whose deadline it moved.

    A school that was given this deadline alone gets a row, too: what was given to it may be taken back. One that has the
    decision already, or this deadline by another one that was as wide, does not.
    """
    change = DeadlineChange
    earlier = (
        select(
            change.school_id, change.decision_id, DeadlineDecision.school_id.is_(None).label("of_everybody")
        )
        .join(DeadlineDecision, DeadlineDecision.id == change.decision_id)
        .where(
            change.stage_id == stage.id,
            change.target == decision.target,
            among(change.school_id, school_ids),
            change.withdrawn_at.is_(None),
        )
        .order_by(change.decision_id)
    )
    newest: dict[int, Row[int, int, bool]] = {}
    reached = set()
    for row in session.execute(earlier):
        newest[row.school_id] = row
        if row.decision_id == decision.id:
            reached.add(row.school_id)
    known = deadlines(session, programme_id=stage.programme_id, school_ids=school_ids)
    rows, changes = [], []
    for school_id in school_ids:
        key = (stage.id, school_id, decision.target)
        last, before = newest.get(school_id), known.due_at_of(key, decision.defined_at)
        has_it = known.moved.get(key) == decision.due_at == before
        if school_id in reached or (
            last and has_it and (last.of_everybody or decision.school_id is not None)
        ):
            continue
        others = Deadlines({other: moment for other, moment in known.moved.items() if other != key})
        rows.append(
            {
                "decision_id": decision.id,
                "stage_id": stage.id,
                "school_id": school_id,
                "target": decision.target,
                "due_at": decision.due_at,
                "before_at": before,
                "otherwise_at": others.due_at_of(key, decision.defined_at),
            }
        )
        if has_it or (last and last.decision_id > decision.id):
            continue
        changes.append(
            Change(
                ("school", school_id),
                before={"target": decision.target, "due_at": before.isoformat()},
                after={"target": decision.target, "due_at": decision.due_at.isoformat()},
            )
        )
    if rows:
        session.execute(insert(table_of(DeadlineChange)), rows)
    record_each(
        session,
        changes,
        actor_id=decision.decided_by,
        action="programmes.move_deadline",
        now=now,
        reason=decision.reason,
    )
    return [change.subject[1] for change in changes]


def _take_back(session: Session, decision: DeadlineDecision, now: datetime) -> list[int]:
    """The next schools for which it is the newest decision, from all of whom it is taken back."""
    assert decision.withdrawn_at is not None
    query = _newest_of(decision).where(DeadlineChange.school_id > decision.upto_school_id)
    found = session.execute(query.order_by(DeadlineChange.school_id).limit(CHUNK)).all()
    session.execute(
        update(table_of(DeadlineChange))
        .where(among(DeadlineChange.id, [row.id for row in found]))
        .values(withdrawn_at=decision.withdrawn_at, withdrawn_by=decision.withdrawn_by)
    )
    before = {"target": decision.target, "due_at": decision.due_at.isoformat()}
    record_each(
        session,
        [Change(("school", row.school_id), before=before) for row in found],
        actor_id=decision.withdrawn_by,
        action="programmes.withdraw_deadline",
        now=now,
        reason=decision.reason,
    )
    return [row.school_id for row in found]


def _newest_of(decision: DeadlineDecision) -> Select[int, int]:
    """Number and school of its rows which no other one of that school and target has followed."""
    other = aliased(DeadlineChange)
    followed = select(other.id).where(
        other.stage_id == DeadlineChange.stage_id,
        other.school_id == DeadlineChange.school_id,
        other.target == DeadlineChange.target,
        other.withdrawn_at.is_(None),
        other.decision_id > DeadlineChange.decision_id,
    )
    return select(DeadlineChange.id, DeadlineChange.school_id).where(
        DeadlineChange.decision_id == decision.id,
        DeadlineChange.withdrawn_at.is_(None),
        ~followed.exists(),
    )


def forget_stage(session: Session, stage_id: int) -> None:
    """Remove what was decided about a stage that is taken out of the definition."""
    session.execute(delete(DeadlineChange).where(DeadlineChange.stage_id == stage_id))
    session.execute(delete(DeadlineDecision).where(DeadlineDecision.stage_id == stage_id))


def _bring(session: Session, fact: Fact, now: datetime) -> None:
    work_on(session, decision_id=int(fact.payload["decision_id"]), now=now)


HANDLERS = (EventHandler("programmes.move_deadlines", DEADLINE_DECIDED, _bring),)
