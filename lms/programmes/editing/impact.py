"""What a changed definition does to people: whose completion it gives, whose it takes.

Completion is known above this domain, so it is asked through ``ProgrammeListener.measure``.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.platform.plugins import registry
from lms.programmes.definition.document import Definition
from lms.programmes.definition.sections import SECTIONS
from lms.programmes.editing.listeners import Effect, listeners
from lms.programmes.models import Programme
from lms.programmes.schedule.queries import stages_of

Where = tuple[int, str]
"""Number of the stage (0: the whole programme) and the phase ("": the whole stage)."""


@dataclass(frozen=True, slots=True)
class EffectCount:
    """How many participants and schools lose and gain completion at one place of a programme."""

    where: Where
    people_lost: int
    people_gained: int
    schools_lost: int
    schools_gained: int


_ONLY_SHOWN = {"code", "title", "school_year", "certificate"}
"""Parts of the core that no rule of completion looks at; a plugin says it of its section."""


def measure(
    session: Session, programme: Programme, before: Definition, after: Definition, now: datetime
) -> tuple[Effect, ...]:
    """Compare what people hold with what they hold by ``after``, which must be applied already."""
    if _looked_at(before) == _looked_at(after):
        return ()
    return tuple(effect for above in listeners() for effect in above.measure(session, programme, now))


def _looked_at(definition: Definition) -> dict[str, Any]:
    """What rules of completion may look at."""
    values = definition.model_dump(exclude=_ONLY_SHOWN)
    for key, section in registry().sections.items():
        if section.only_shown:
            values[SECTIONS].pop(key, None)
    return values


def counts_of(session: Session, programme_id: int, effects: Iterable[Effect]) -> tuple[EffectCount, ...]:
    """The counts by place, the whole programme first."""
    numbers: dict[int | None, int] = {stage.id: stage.no for stage in stages_of(session, programme_id)}
    numbers[None] = 0
    counts: Counter[tuple[Where, bool, bool]] = Counter(
        ((numbers[effect.stage_id], effect.phase), effect.enrolment_id is not None, effect.gained)
        for effect in effects
    )
    places = sorted({where for where, _person, _gained in counts})
    return tuple(
        EffectCount(
            where, *(counts[where, person, gained] for person in (True, False) for gained in (False, True))
        )
        for where in places
    )


def recorded(found: Iterable[EffectCount]) -> list[dict[str, Any]]:
    """The counts as the audit trail keeps them."""
    return [
        {
            "stage": entry.where[0],
            "phase": entry.where[1],
            "people_lost": entry.people_lost,
            "people_gained": entry.people_gained,
            "schools_lost": entry.schools_lost,
            "schools_gained": entry.schools_gained,
        }
        for entry in found
    ]
