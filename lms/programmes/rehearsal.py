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


def apply_if_seen(
    session: Session, *, programme_id: int, definition: Definition, version: int, actor_id: int, now: datetime,
    note: str, seen: bool,
) -> Outcome | None:  # fmt: skip
    """Apply what turns nobody's completion round, and what was ``seen`` to do so; else take it back.

    The outcome when it was taken back, None when it came into force. Everybody is evaluated once: other
    writers wait meanwhile. Raises what ``apply_definition`` raises.
    """
    outcome = None
    with session.begin_nested() as trial:
        effects = apply_definition(
            session, programme_id=programme_id, definition=definition, version=version, actor_id=actor_id, now=now,
            note=note,
        )  # fmt: skip
        if effects and not seen:
            outcome = Outcome(effects, counts_of(session, programme_id, effects))
            trial.rollback()
    return outcome
