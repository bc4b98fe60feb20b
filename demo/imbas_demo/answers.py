"""How an invented participant answers a quiz item."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

from lms.assessment import api as assessment

Fields = dict[str, list[str]]


def fields_for(item: assessment.LoadedItem, right: bool, rng: Random) -> Fields:
    """Form fields as a browser would post them; empty for a format whose key has no known shape.

    The shape of a key is that of an answer: one id, a list of ids, or a choice for each row.
    """
    key = item.secret.get("key")
    if item.secret.get("guide"):
        return {"": [essay(item, right, rng)]}
    if item.secret.get("accept"):
        accepted = str(item.secret["accept"][0])
        return {"": [accepted if right else str(rng.randint(2, 60))]}
    if isinstance(key, str):
        return {"": [key if right else _another(key, _ids(item.body, "options"), rng)]}
    if isinstance(key, list):
        return {"": [str(entry) for entry in (key if right else _spoilt(item, key, rng))]}
    if isinstance(key, dict):
        return _rows(item, key, right, rng)
    return {}


def essay(item: assessment.LoadedItem, good: bool, rng: Random) -> str:
    """An answer put together from the sample answers of the guide; from its model answer where it has none.

    A good one has nearly every line at its highest level; a weak one misses lines and levels.
    """
    guide = [line for line in item.secret["guide"] if line.get("samples")]
    parts = [_sample(line["samples"], good, rng) for line in guide]
    if guide:
        return "\n".join(part for part in parts if part) or str(guide[0]["samples"]["1"])
    model = str(item.secret.get("explanation", "")).removeprefix("Contoh jawaban. ")
    return (model if good else model.partition(". ")[0]) or "-"


def points_of(item: assessment.LoadedItem, answer: str) -> dict[str, Decimal] | None:
    """What ``essay`` earns by line of the guide: the level of the sample in it. None when the guide has no samples."""
    guide = item.secret["guide"]
    if not any(line.get("samples") for line in guide):
        return None
    return {
        str(line["code"]): max(
            (Decimal(level) for level, text in (line.get("samples") or {}).items() if text in answer),
            default=Decimal(0),
        )
        for line in guide
    }


def _sample(samples: Mapping[str, str], good: bool, rng: Random) -> str:
    """The best or the second best when ``good``; else a lower one, or nothing."""
    levels = sorted(samples, key=Decimal)
    if good:
        return samples[levels[-1 if rng.random() < 0.75 else max(-2, -len(levels))]]
    return rng.choice(["", *(samples[level] for level in levels[:-1])])


def _ids(body: Any, name: str) -> list[str]:
    return [str(entry["id"]) for entry in body.get(name, ())]


def _another(right: str, choices: list[str], rng: Random) -> str:
    return rng.choice([choice for choice in choices if choice != right] or [right])


def _spoilt(item: assessment.LoadedItem, key: list[Any], rng: Random) -> list[str]:
    """One right choice missing, or a wrong one added."""
    chosen = [str(entry) for entry in key]
    wrong = [choice for choice in _ids(item.body, "options") if choice not in chosen]
    if len(chosen) > 1 and (not wrong or rng.random() < 0.5):
        return chosen[:-1]
    return [*chosen, rng.choice(wrong)]


def _rows(item: assessment.LoadedItem, key: dict[str, Any], right: bool, rng: Random) -> Fields:
    fields = {str(row): [str(choice)] for row, choice in key.items()}
    if not right:
        choices = _ids(item.body, "categories") or _ids(item.body, "right")
        row = rng.choice(sorted(fields))
        fields[row] = [_another(fields[row][0], choices, rng)]
    return fields
