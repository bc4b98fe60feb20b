"""Short answer (isian singkat), scored by a list; essay (uraian), marked by a person."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lms.assessment.items.short_answers import is_accepted, is_number
from lms.contract.errors import Invalid
from lms.contract.items import Answer, Body, ItemType, Key, ReviewLine, ReviewMark, Score
from lms.contract.text import message

MAX_SHORT = 200
MAX_ESSAY = 20000


def _maximum(key: Key) -> Decimal:
    return Decimal(str(key.get("scoring", {}).get("max", "1")))


def check_short(body: Body, key: Key) -> tuple[str, ...]:
    """Faults of a short-answer item."""
    accepted = [str(text) for text in key.get("accept", ())]
    faults = [] if body.get("stem") else ["the stem is empty"]
    if not accepted:
        faults.append("no accepted answer")
    if body.get("numeric") and not any(map(is_number, accepted)):
        faults.append("a numeric item needs a number among the accepted answers")
    return tuple(faults)


def check_essay(body: Body, key: Key) -> tuple[str, ...]:
    """Faults of an essay: a scoring guide whose points add up to the maximum.

    A line of the guide may bring ``samples``: by level ("1", "2", ...) what somebody wrote who earns that level.
    """
    faults = [] if body.get("stem") else ["the stem is empty"]
    guide = key.get("guide") or []
    if not guide:
        faults.append("no scoring guide")
    total = sum((Decimal(str(line["max"])) for line in guide), Decimal(0))
    if guide and total != _maximum(key):
        faults.append(f"the guide adds up to {total}, the maximum is {_maximum(key)}")
    return (*faults, *_sample_faults(guide))


def _sample_faults(guide: list[Mapping[str, Any]]) -> list[str]:
    faults = []
    for line in guide:
        levels = [str(level) for level in range(1, int(Decimal(str(line["max"]))) + 1)]
        samples = line.get("samples") or {}
        if not isinstance(samples, Mapping) or set(map(str, samples)) - set(levels):
            faults.append(f"{line.get('code')}: samples are named by their level: {', '.join(levels)}")
        elif not all(str(text or "").strip() for text in samples.values()):
            faults.append(f"{line.get('code')}: a sample answer is empty")
    return faults


def parse_short(_body: Body, fields: Mapping[str, list[str]]) -> Answer:
    """The text as it was typed, or None; raises Invalid for one that is too long."""
    return _whole((fields.get("") or [""])[-1].strip(), MAX_SHORT) or None


def parse_essay(_body: Body, fields: Mapping[str, list[str]]) -> Answer:
    """The text with its line breaks, or None; raises Invalid for one that is too long."""
    text = _whole((fields.get("") or [""])[-1].replace("\r\n", "\n"), MAX_ESSAY)
    return text if text.strip() else None


def _whole(text: str, longest: int) -> str:
    """Nothing of an answer is cut off in silence."""
    if len(text) > longest:
        raise Invalid(
            message(
                "Jawaban ini terlalu panjang: %(length)s huruf, paling banyak %(longest)s. Yang tersimpan sebelumnya aman. Pendekkan, lalu simpan lagi.",
                length=len(text),
                longest=longest,
            )
        )
    return text


def score_short(body: Body, key: Key, answer: Answer) -> Score:
    """All points when the answer equals an accepted one (``short_answers``), else none."""
    maximum = _maximum(key)
    return Score(maximum if _is_one_of(body, key, answer, key["accept"]) else Decimal(0), maximum)


def review_short(body: Body, key: Key, answer: Answer) -> tuple[ReviewLine, ...]:
    """The answer beside the accepted ones; a known mistake with what leads to it."""
    right = _is_one_of(body, key, answer, key["accept"])
    mark = ReviewMark.RIGHT if right else ReviewMark.MISSED if answer is None else ReviewMark.WRONG
    mistakes = {} if right else key.get("distractors") or {}
    note = next((why for wrong, why in mistakes.items() if _is_one_of(body, key, answer, [wrong])), "")
    accepted = "; ".join(str(text) for text in key["accept"])
    return (ReviewLine("", mark, given=str(answer or ""), key=accepted, note=str(note)),)


def _is_one_of(body: Body, key: Key, answer: Answer, texts: Sequence[Any]) -> bool:
    return answer is not None and is_accepted(
        str(answer),
        [str(text) for text in texts],
        unit=str(body.get("unit") or ""),
        tolerance=Decimal(str(key.get("tolerance", "0"))) if body.get("numeric") else Decimal(0),
    )


def score_essay(_body: Body, key: Key, answer: Answer) -> Score | None:
    """None: a person marks it. Nothing written is 0 points and needs nobody."""
    return None if answer else Score(Decimal(0), _maximum(key))


def display(_body: Body, answer: Answer) -> tuple[str, ...]:
    """The lines as they were written."""
    return tuple(str(answer).splitlines()) if answer else ()


SHORT_ANSWER = ItemType(
    key="short_answer",
    version=3,
    title=message("Isian singkat"),
    template="assessment/items/short_answer.html",
    check=check_short,
    parse=parse_short,
    is_answered=bool,
    score=score_short,
    display=display,
    review=review_short,
)
ESSAY = ItemType(
    key="essay",
    version=1,
    title=message("Uraian"),
    template="assessment/items/essay.html",
    check=check_essay,
    parse=parse_essay,
    is_answered=bool,
    score=score_essay,
    display=display,
)
