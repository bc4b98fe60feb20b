"""Whatever changes, the person or the school concerned is evaluated again."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.completion import api
from lms.completion.events import EVERYBODY
from lms.contract.events import EventHandler, Fact
from lms.contract.modules import CompletionRule
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.platform.outbox import emit
from lms.programmes import api as programmes

SCHOOLS = 20
"""Schools of one transaction when everybody is evaluated: half a second for which others may wait."""


def _of_school(session: Session, fact: Fact, now: datetime) -> None:
    ids = fact.payload.get("school_ids") or [fact.payload["school_id"]]
    api.recompute(session, programme_id=fact.payload["programme_id"], school_ids=ids, now=now)


def _of_enrolments(session: Session, fact: Fact, now: datetime) -> None:
    ids = fact.payload.get("enrolment_ids") or [fact.payload["enrolment_id"]]
    api.recompute_people(session, programme_id=fact.payload["programme_id"], enrolment_ids=ids, now=now)


def _of_programme(session: Session, fact: Fact, now: datetime) -> None:
    """The next schools of a programme, and an event for those after them: nobody waits for 10,000 schools."""
    programme_id, after = fact.payload["programme_id"], fact.payload.get("after_school_id", 0)
    school_ids = programmes.next_school_ids(session, programme_id, after=after, most=SCHOOLS)
    api.recompute(session, programme_id=programme_id, school_ids=school_ids, now=now)
    if len(school_ids) == SCHOOLS:
        emit(session, Fact(EVERYBODY, now, {"programme_id": programme_id, "after_school_id": school_ids[-1]}))


def handlers_of(rules: Iterable[CompletionRule]) -> tuple[EventHandler, ...]:
    """One handler for each event type that some plugin's rule waits for."""
    wanted = sorted({event_type for rule in rules for event_type in rule.after})
    return tuple(EventHandler(f"completion.after.{name}", name, _of_school) for name in wanted)


HANDLERS = (
    EventHandler("completion.on_scored", assessment.SCORED, _of_enrolments),
    EventHandler("completion.on_handed_in", evidence.HANDED_IN, _of_school),
    EventHandler("completion.on_graded", evidence.GRADED, _of_school),
    EventHandler("completion.on_material_read", modules.MATERIAL_READ, _of_enrolments),
    EventHandler("completion.on_attendance", programmes.ATTENDANCE_RECORDED, _of_enrolments),
    EventHandler("completion.on_enrolled", programmes.ENROLLED, _of_enrolments),
    EventHandler("completion.on_school_kind", programmes.SCHOOL_KIND_CHANGED, _of_school),
    EventHandler("completion.on_definition", programmes.DEFINITION_APPLIED, _of_programme),
    EventHandler("completion.go_on", EVERYBODY, _of_programme),
)
