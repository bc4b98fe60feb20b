"""Evaluate afresh and store what changed, with the reasons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select
from sqlalchemy.orm import Session

from lms.completion import rules
from lms.completion.evaluation import Key, Verdicts, evaluate_everybody, evaluate_people, evaluate_schools
from lms.completion.events import PROGRAMME_COMPLETED, STAGE_COMPLETED
from lms.completion.facts import gather
from lms.completion.models import CompletionState
from lms.completion.queries import others
from lms.contract.events import Fact
from lms.contract.text import stored
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.programmes import api as programmes

CHUNK = 100
"""Schools evaluated at once."""


def recompute(
    session: Session, *, programme_id: int, school_ids: Sequence[int] | None = None, now: datetime
) -> int:
    """Evaluate schools and all their participants afresh; the number of rows that changed.

    Running it twice changes nothing the second time. The schools are held before their facts are
    read: of two at once the later one sees what the earlier one saw, and more, never less.
    """
    if school_ids is None:
        school_ids = [school.id for school, _kind in programmes.schools_of(session, programme_id)]
    school_ids = sorted(school_ids)
    changed = 0
    for start in range(0, len(school_ids), CHUNK):
        some = school_ids[start : start + CHUNK]
        programmes.hold_schools(session, programme_id, some)
        verdicts = evaluate_everybody(session, programme_id=programme_id, school_ids=some, now=now)
        rows = session.scalars(_KNOWN, {"programme": programme_id, "schools": some}).all()
        changed += _store(session, programme_id, rows, verdicts, now)
    return changed


def recompute_people(
    session: Session, *, programme_id: int, enrolment_ids: Sequence[int], now: datetime
) -> int:
    """Evaluate some participants afresh; the number of rows that changed.

    All facts of these people are looked at again. Of them their schools only count who is complete:
    so a school is evaluated when that has changed for somebody, and of the colleagues it then takes
    what was stored when their own facts changed.
    """
    people = programmes.enrolments(session, programme_id=programme_id, ids=enrolment_ids)
    school_ids, ids = sorted({row.school_id for row in people}), [row.id for row in people]
    programmes.hold_schools(session, programme_id, school_ids)
    found = gather(session, programme_id=programme_id, school_ids=school_ids, enrolments=people, now=now)
    verdicts = evaluate_people(session, found)
    wanted = {"programme": programme_id, "schools": school_ids, "people": ids}
    rows = session.scalars(_KNOWN_OF_PEOPLE, wanted).all()
    if _counts_otherwise(rows, verdicts):
        found.others = others(session, programme_id=programme_id, school_ids=school_ids, but=ids)
        verdicts |= evaluate_schools(session, found, verdicts)
    else:
        rows = [row for row in rows if row.enrolment_id is not None]
    return _store(session, programme_id, rows, verdicts, now)


def _counts_otherwise(rows: Sequence[CompletionState], verdicts: Verdicts) -> bool:
    """Whether somebody is complete in a phase and was not, or is no longer, or is new."""
    met = {_key(row): row.met for row in rows}
    return any(key[3] and met.get(key) is not verdict.met for key, (verdict, _scores) in verdicts.items())


def _key(row: CompletionState) -> Key:
    return row.school_id, row.enrolment_id, row.stage_id, row.phase


def _store(
    session: Session, programme_id: int, rows: Sequence[CompletionState], verdicts: Verdicts, now: datetime
) -> int:
    known = {_key(row): row for row in rows}
    new: list[dict[str, Any]] = []
    changed = 0
    for key, (verdict, scores) in verdicts.items():
        values = {
            "met": verdict.met,
            "fraction": verdict.fraction,
            "reasons": _reasons(verdict),
            "scores": scores,
        }
        row = known.pop(key, None)
        if row is None:
            names = dict(zip(("school_id", "enrolment_id", "stage_id", "phase"), key, strict=True))
            new.append({"programme_id": programme_id, "changed_at": now, **names, **values})
            _say(session, programme_id, key, was=False, verdict=verdict, now=now)
        elif any(getattr(row, name) != value for name, value in values.items()):
            _say(session, programme_id, key, was=row.met, verdict=verdict, now=now)
            for name, value in values.items():
                setattr(row, name, value)
            row.changed_at = now
            changed += 1
    if new:
        session.execute(insert(CompletionState), new)
    for row in known.values():
        session.delete(row)
    session.flush()
    return changed + len(new) + len(known)


def _say(
    session: Session, programme_id: int, key: Key, *, was: bool, verdict: rules.Verdict, now: datetime
) -> None:
    school_id, enrolment_id, stage_id, phase = key
    if was or not verdict.met or phase:
        return
    payload = {"programme_id": programme_id, "school_id": school_id, "enrolment_id": enrolment_id}
    if stage_id is not None:
        emit(session, Fact(STAGE_COMPLETED, now, {**payload, "stage_id": stage_id}))
    else:
        emit(session, Fact(PROGRAMME_COMPLETED, now, payload))


def _reasons(verdict: rules.Verdict) -> list[dict[str, Any]]:
    return [
        {"rule": entry.rule, "text": stored(entry.reason), "who": entry.who}
        | ({"placement_id": entry.placement_id} if entry.placement_id else {})
        for entry in verdict.outcomes
        if not entry.met
    ]


_KNOWN = select(CompletionState).where(
    CompletionState.programme_id == bindparam("programme"),
    among(CompletionState.school_id, bindparam("schools")),
)
_KNOWN_OF_PEOPLE = _KNOWN.where(
    or_(
        among(CompletionState.enrolment_id, bindparam("people")),
        CompletionState.enrolment_id.is_(None),
    )
)
