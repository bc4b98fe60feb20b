"""A hand-in is scored."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessment import api
from lms.contract.events import EventHandler, Fact


def _score(session: Session, fact: Fact, now: datetime) -> None:
    api.score_attempt(session, attempt_id=int(fact.payload["attempt_id"]), now=now)


HANDLERS = (EventHandler("assessment.score", api.SUBMITTED, _score),)
