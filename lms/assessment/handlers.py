"""A hand-in is scored; a rescoring goes on slice by slice."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessment import rescoring
from lms.assessment.events import RESCORING_ASKED, SUBMITTED
from lms.assessment.score_attempts import score_attempt
from lms.contract.events import EventHandler, Fact


def _score(session: Session, fact: Fact, now: datetime) -> None:
    score_attempt(session, attempt_id=int(fact.payload["attempt_id"]), now=now)


def _rescore(session: Session, fact: Fact, now: datetime) -> None:
    rescoring.work_on(session, rescoring_id=int(fact.payload["rescoring_id"]), now=now)


HANDLERS = (
    EventHandler("assessment.score", SUBMITTED, _score),
    EventHandler("assessment.rescore", RESCORING_ASKED, _rescore),
)
