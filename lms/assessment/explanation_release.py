"""When the explanations of a quiz may be read: not while another attempt could use them (requirement K15)."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, AttemptState, Quiz
from lms.assessment.score_attempts import attempts_of
from lms.assessment.start_attempt import allowed_attempts, due_of
from lms.programmes import api as programmes


def is_released(session: Session, *, attempt: Attempt, quiz: Quiz, now: datetime) -> bool:
    """Whether a scored attempt's explanations are open.

    ``on_scored`` means after the last attempt, ``at_close`` after the deadline of the school. A sitting
    that still runs keeps both shut, also on a second phone.
    """
    if attempt.state != AttemptState.SCORED:
        return False
    enrolment = programmes.get_enrolment(session, attempt.enrolment_id)
    mine = [row for row in attempts_of(session, enrolment.id) if row.quiz_id == quiz.id]
    if any(row.state == AttemptState.IN_PROGRESS for row in mine):
        return False
    allowed = allowed_attempts(session, quiz, enrolment.id, used=len(mine))
    used_up = quiz.release == "on_scored" and len(mine) >= allowed
    return used_up or now >= due_of(session, quiz, enrolment)
