"""Trying out a definition: would it come into force, and what would it do to people? Nothing stays, nobody waits."""

from dataclasses import dataclass
from datetime import datetime

from lms.platform.trial_copy import scratch
from lms.programmes.definition.document import Definition
from lms.programmes.definition.queries import definition_of, get_programme
from lms.programmes.editing.definition_service import put_in_place
from lms.programmes.editing.impact import EffectCount, counts_of, measure
from lms.programmes.editing.listeners import Effect


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whose completion would change, and the counts by place."""

    effects: tuple[Effect, ...]
    counts: tuple[EffectCount, ...]


def rehearse(*, programme_id: int, definition: Definition, version: int, now: datetime) -> Outcome:
    """Put it in place on a scratch, look, and take back; raises what ``put_in_place`` raises.

    Call it outside the transaction that brings it into force: everybody is evaluated.
    """
    with scratch() as session:
        programme = get_programme(session, programme_id)
        before = definition_of(programme)
        put_in_place(session, programme, definition, version=version, actor_id=None, now=now, note="")
        effects = measure(session, programme, before, definition, now)
        return Outcome(effects, counts_of(session, programme_id, effects))
