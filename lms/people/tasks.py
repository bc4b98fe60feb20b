"""Tidying: sign-ins and tries that no longer matter."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.events import Task
from lms.people import api


def _tidy(session: Session, now: datetime) -> None:
    api.prune_people(session, now=now)


TASKS = (Task("people.tidy", _tidy, 6 * 3600, "Forget ended sign-ins and old tries to sign in."),)
