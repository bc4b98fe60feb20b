"""Trying out a definition: would it come into force, and what would it do to people? Nothing stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.programmes.defining import apply_definition
from lms.programmes.definition import Definition
from lms.programmes.effects import Effect, EffectCount, counts_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whose completion would change, and the counts by place."""

    effects: tuple[Effect, ...]
    counts: tuple[EffectCount, ...]


def rehearse(
    session: Session, *, programme_id: int, definition: Definition, version: int, now: datetime
) -> Outcome:
    """Apply, look, and take back; raises what ``apply_definition`` raises."""
    trial = session.begin_nested()
    try:
        effects = apply_definition(
            session, programme_id=programme_id, definition=definition, version=version, actor_id=None, now=now,
            note="",
        )  # fmt: skip
        return Outcome(effects, counts_of(session, programme_id, effects))
    finally:
        trial.rollback()
