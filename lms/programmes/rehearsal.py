"""Trying out a definition: would it come into force? Nothing stays."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.programmes.defining import apply_definition
from lms.programmes.definition import Definition


def rehearse(
    session: Session, *, programme_id: int, definition: Definition, version: int, now: datetime
) -> None:
    """Apply and take back; raises what ``apply_definition`` raises."""
    trial = session.begin_nested()
    try:
        apply_definition(
            session, programme_id=programme_id, definition=definition, version=version, actor_id=None, now=now,
            note="",
        )  # fmt: skip
    finally:
        trial.rollback()
