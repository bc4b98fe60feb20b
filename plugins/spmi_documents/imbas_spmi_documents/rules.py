"""Pure rules of the quality report, the mapping and the plan.

Scores run from 0,00 to 7,00 for eight standards; a school's score is their mean, rounded half up
to two decimals once, at the end. A standard may be "not sent" or "invalid": then it has no score,
and the school has no mean.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any

from imbas_spmi_documents.i18n import message
from lms.api import Invalid, Joined, RuleResult, Text, parse_decimal, rounded

STANDARDS = range(1, 9)
LOWEST, HIGHEST = Decimal("0.00"), Decimal("7.00")
PARTS = ("condition", "strength", "weakness", "problem", "root_cause", "recommendation")
"""The six columns of a mapping, in the order in which people fill them."""
PLAN_PARTS = ("programme", "activity", "target", "cost", "source", "month", "responsible")

_SCORE = re.compile(r"[0-9](?:[.,][0-9]{1,2})?")
_SAYS_SOMETHING = re.compile(r"(?:.*\w){3}", re.DOTALL)


class ScoreStatus(StrEnum):
    """Whether a standard has a score, and if not, why."""

    SCORED = "scored"
    NOT_SENT = "not_sent"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class ReportBand:
    """A category of the report: scores up to ``maximum`` inclusive, above the one before."""

    code: str
    label: Text
    maximum: Decimal
    stars: int


@dataclass(frozen=True, slots=True)
class StandardScore:
    """One standard of a report; ``score`` is None unless the status is ``scored``."""

    standard: int
    status: ScoreStatus
    score: Decimal | None = None

    def __post_init__(self) -> None:
        if self.standard not in STANDARDS:
            raise ValueError(f"standard {self.standard} is not within 1..8")
        if (self.score is None) == (self.status is ScoreStatus.SCORED):
            raise ValueError(f"standard {self.standard}: status {self.status} with score {self.score}")
        if self.score is not None and not LOWEST <= self.score <= HIGHEST:
            raise ValueError(f"score {self.score} is not within 0..7")


def parse_score(text: str) -> Decimal:
    """The score in ``text`` with decimal comma or point; raises Invalid.

    At most two decimals, because the report has no more.
    """
    cleaned = text.strip()
    score = parse_decimal(cleaned, low=LOWEST, high=HIGHEST)
    if score is None or not _SCORE.fullmatch(cleaned):
        raise Invalid(message("Tulis skor 0,00 sampai 7,00 dengan paling banyak dua angka di belakang koma."))
    return score.quantize(Decimal("0.01"))


def mean(scores: Iterable[StandardScore]) -> Decimal | None:
    """The mean of the eight standards, rounded half up to two decimals.

    None unless all eight have a score: neither zero nor leaving one out would be honest.
    """
    known = {entry.standard: entry.score for entry in scores if entry.score is not None}
    if len(known) < len(STANDARDS):
        return None
    return rounded(sum(known.values(), Decimal(0)) / len(STANDARDS))


def band_of(score: Decimal, bands: Sequence[ReportBand]) -> ReportBand:
    """The category of ``score`` (0..7), read from the score rounded to two decimals."""
    shown = rounded(score)
    for band in bands:
        if shown <= band.maximum:
            return band
    raise ValueError(f"score {score} is above the last category")


def weakest(scores: Iterable[StandardScore], count: int = 2) -> tuple[StandardScore, ...]:
    """The ``count`` lowest scored standards, lowest first; ties by the standard's number."""
    scored = [entry for entry in scores if entry.score is not None]
    return tuple(sorted(scored, key=lambda entry: (entry.score, entry.standard))[:count])


def says_something(text: str) -> bool:
    """Whether ``text`` holds at least three letters or digits: "-" and "..." do not count."""
    return _SAYS_SOMETHING.match(text) is not None


def missing_parts(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The parts of a mapped problem that are still to be written."""
    return tuple(part for part in PARTS if not says_something(texts.get(part, "")))


def has_number(text: str) -> bool:
    """Whether a target can be checked: it names at least one figure."""
    return any(sign.isdigit() for sign in text)


def missing_plan_parts(line: Mapping[str, Any]) -> tuple[str, ...]:
    """The parts of a plan line that are still open; a target without a figure counts as open."""
    texts = ("programme", "activity", "target", "responsible")
    missing = {part for part in texts if not says_something(str(line.get(part) or ""))}
    missing |= {part for part in ("source", "month") if not line.get(part)}
    if line.get("cost") is None:
        missing.add("cost")
    if not has_number(str(line.get("target") or "")):
        missing.add("target")
    return tuple(part for part in PLAN_PARTS if part in missing)


def mapping_complete(facts: Mapping[str, Any], params: Mapping[str, Any]) -> RuleResult:
    """Whether a school has entered its report and planned for enough mapped problems.

    ``facts``: ``standards`` entered (0..8), ``problems`` mapped in all parts, ``planned`` of them
    with a complete plan line. ``params``: ``standards`` and ``problems`` demanded.
    """
    wanted = (int(params["standards"]), int(params["problems"]), int(params["problems"]))
    found = (int(facts["standards"]), int(facts["problems"]), int(facts["planned"]))
    shares = [
        min(Decimal(have) / need, Decimal(1)) if need else Decimal(1)
        for have, need in zip(found, wanted, strict=True)
    ]
    met = all(share == 1 for share in shares)
    fraction = (sum(shares, Decimal(0)) / 3).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
    return RuleResult(
        met=met,
        fraction=Decimal(1) if met else fraction,
        reason=_reason(found, wanted),
        who="" if met else "quality_team",
    )


def _reason(found: tuple[int, int, int], wanted: tuple[int, int, int]) -> Text:
    """What is lacking; once nothing is, what was done."""
    lines = [
        message(
            "%(have)s dari %(need)s standar rapor mutu terisi", have=min(found[0], wanted[0]), need=wanted[0]
        ),
        message(
            "%(have)s dari %(need)s masalah dipetakan lengkap", have=min(found[1], wanted[1]), need=wanted[1]
        ),
        message(
            "%(have)s dari %(need)s masalah punya baris rencana lengkap",
            have=min(found[2], wanted[2]),
            need=wanted[2],
        ),
    ]
    lacking = [line for line, have, need in zip(lines, found, wanted, strict=True) if have < need]
    return Joined("; ", tuple(lacking or lines))
