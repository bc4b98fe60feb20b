"""What this domain forgets by itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.people import sessions, throttle


def prune_people(session: Session, *, now: datetime) -> None:
    """Forget sign-ins 90 days after their end, and tries after two days."""
    sessions.prune(session, now)
    throttle.prune(session, now)
