"""How invented people differ: pure numbers from a seed, the same in every telling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, sqrt
from random import Random

_SPREAD = 1.1
"""Of ability: its standard deviation in logits."""
_RIGHT = {"C1": 0.93, "C2": 0.91, "C3": 0.85, "C4": 0.79, "C5": 0.74, "C6": 0.71}
"""The share of all people who answer an item of this level rightly."""
_WEAK, _WEAK_RIGHT = 0.12, 0.5
"""How many items are badly written, and who answers those rightly: as many of the able as of the others."""


@dataclass(frozen=True, slots=True)
class Habit:
    """``ability`` is 0 for most people, in logits; ``diligent`` people miss nothing."""

    ability: float
    diligent: bool

    def chance(self, item: str, bloom: str) -> float:
        """The chance to answer an item rightly: a logistic model with two parameters.

        The root makes up for the spread of ability, so that over all people the share of right
        answers stays where ``_RIGHT`` puts it (logistic as a normal curve, 1.7 squared is 2.89).
        """
        rng = luck("item", item)
        if rng.random() < _WEAK:
            return _WEAK_RIGHT
        slope, share = rng.uniform(1.5, 2.4), _RIGHT.get(bloom, _RIGHT["C4"])
        ease = log(share / (1 - share)) * sqrt(1 + (slope * _SPREAD) ** 2 / 2.89)
        return 1 / (1 + exp(-(slope * self.ability + ease)))


def habit(person: str) -> Habit:
    """The habit of a person, named by anything that stays the same."""
    rng = luck("habit", person)
    return Habit(ability=rng.gauss(0, _SPREAD), diligent=rng.random() > 0.09)


def luck(*what: object) -> Random:
    """A random generator of its own for each thing, so that one change does not move all others."""
    return Random(":".join(str(part) for part in what))  # noqa: S311  # a story, not a secret


def moment_between(rng: Random, start: datetime, end: datetime) -> datetime:
    """Somewhere in the afternoons or evenings between two moments (WIB 13.00-20.59)."""
    days = max(1, (end - start).days)
    day = (start + timedelta(days=rng.randrange(days))).replace(hour=6, minute=0, second=0, microsecond=0)
    return min(day + timedelta(minutes=rng.randrange(479)), end - timedelta(hours=1))
