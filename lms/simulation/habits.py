"""How invented people differ: pure numbers from a seed, the same in every telling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

_EASE = {"C1": 0.15, "C2": 0.12, "C3": 0.06, "C4": 0.0, "C5": -0.05, "C6": -0.08}


@dataclass(frozen=True, slots=True)
class Habit:
    """``skill`` 0..1 is the chance to be right at level C4; ``diligent`` people miss nothing."""

    skill: float
    diligent: bool

    def chance(self, bloom: str) -> float:
        """The chance to answer an item of this cognitive level rightly, 0.05..0.98."""
        return min(0.98, max(0.05, self.skill + _EASE.get(bloom, 0.0)))


def habit(person: str) -> Habit:
    """The habit of a person, named by anything that stays the same."""
    rng = luck("habit", person)
    return Habit(skill=min(0.95, max(0.45, rng.gauss(0.80, 0.11))), diligent=rng.random() > 0.09)


def luck(*what: object) -> Random:
    """A random generator of its own for each thing, so that one change does not move all others."""
    return Random(":".join(str(part) for part in what))  # noqa: S311  # a story, not a secret


def moment_between(rng: Random, start: datetime, end: datetime) -> datetime:
    """Somewhere in the afternoons or evenings between two moments (WIB 13.00-20.59)."""
    days = max(1, (end - start).days)
    day = (start + timedelta(days=rng.randrange(days))).replace(hour=6, minute=0, second=0, microsecond=0)
    return min(day + timedelta(minutes=rng.randrange(479)), end - timedelta(hours=1))
