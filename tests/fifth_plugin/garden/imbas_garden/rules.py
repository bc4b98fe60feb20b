"""Pure rules of gardens."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from imbas_garden.i18n import message
from lms.api import Answer, Body, Key, RuleResult, Score


def check(body: Body, key: Key) -> tuple[str, ...]:
    """Every fault of a "how many" item."""
    return () if "count" in key and "stem" in body else ("stem and count are needed",)


def parse(_body: Body, fields: Mapping[str, list[str]]) -> Answer:
    """A whole number, or None."""
    text = "".join(fields.get("", ())).strip()
    return int(text) if text.isdigit() else None


def score(_body: Body, key: Key, answer: Answer) -> Score:
    """One point for the right number."""
    return Score(Decimal(int(answer == key["count"])), Decimal(1))


def display(_body: Body, answer: Answer) -> tuple[str, ...]:
    """The number as text."""
    return ("" if answer is None else str(answer),)


def planted(facts: Mapping[str, Any], params: Mapping[str, Any]) -> RuleResult:
    """Whether a school has planted enough beds."""
    beds, wanted = int(facts["beds"]), int(params["beds"])
    met = beds >= wanted
    return RuleResult(
        met=met,
        fraction=Decimal(1) if met else Decimal(beds) / Decimal(wanted),
        reason=message("Kebun: %(beds)s dari %(wanted)s petak ditanami", beds=beds, wanted=wanted),
        who="" if met else "quality_team",
    )
