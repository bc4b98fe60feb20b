"""Single and multiple choice (pilihan ganda, pilihan ganda kompleks)."""

from collections.abc import Mapping
from decimal import Decimal

from lms.contract.items import Answer, Body, ItemType, Key, ReviewLine, ReviewMark, Score
from lms.contract.numbers import rounded
from lms.contract.text import message

NO_GUESSING = "per_correct_minus_wrong_floor0"


def _ids(body: Body) -> list[str]:
    return [str(option["id"]) for option in body.get("options", ())]


def _maximum(key: Key) -> Decimal:
    return Decimal(str(key.get("scoring", {}).get("max", "1")))


def _check_options(body: Body) -> list[str]:
    ids = _ids(body)
    faults = [] if body.get("stem") else ["the stem is empty"]
    if len(ids) < 3:
        faults.append("at least three options are needed")
    if len(set(ids)) != len(ids):
        faults.append("two options have the same id")
    if not all(str(option.get("text", "")).strip() for option in body.get("options", ())):
        faults.append("an option has no text")
    return faults


def check_single(body: Body, key: Key) -> tuple[str, ...]:
    """Faults of a single-choice item."""
    faults = _check_options(body)
    if key.get("key") not in _ids(body):
        faults.append(f"the key {key.get('key')!r} is not one of the options")
    return tuple(faults)


def check_multiple(body: Body, key: Key) -> tuple[str, ...]:
    """Faults of a multiple-choice item."""
    faults = _check_options(body)
    keys = key.get("key") or []
    if not isinstance(keys, list) or not keys or set(keys) - set(_ids(body)):
        faults.append("the key must list options that exist")
    elif len(keys) == len(_ids(body)):
        faults.append("not every option can be right")
    if key.get("scoring", {}).get("rule", "all_or_nothing") not in {"all_or_nothing", NO_GUESSING}:
        faults.append("unknown scoring rule")
    return tuple(faults)


def parse_single(body: Body, fields: Mapping[str, list[str]]) -> Answer:
    """The chosen option's id, or None."""
    chosen = [value for value in fields.get("", ()) if value in _ids(body)]
    return chosen[-1] if chosen else None


def parse_multiple(body: Body, fields: Mapping[str, list[str]]) -> Answer:
    """The chosen ids in the order of the options, or None."""
    chosen = set(fields.get("", ()))
    return [option for option in _ids(body) if option in chosen] or None


def score_single(_body: Body, key: Key, answer: Answer) -> Score:
    """All or nothing; no negative marks."""
    maximum = _maximum(key)
    return Score(maximum if answer is not None and answer == key["key"] else Decimal(0), maximum)


def score_multiple(_body: Body, key: Key, answer: Answer) -> Score:
    """All or nothing (S25), or right minus wrong choices as a share, never below 0."""
    maximum = _maximum(key)
    chosen, right = set(answer or ()), set(key["key"])
    if key.get("scoring", {}).get("rule") == NO_GUESSING:
        points = max(0, len(chosen & right) - len(chosen - right))
        return Score(rounded(maximum * points / len(right), 4), maximum)
    return Score(maximum if chosen == right else Decimal(0), maximum)


def display(body: Body, answer: Answer) -> tuple[str, ...]:
    """The texts of the chosen options."""
    chosen = _several(answer)
    return tuple(str(option["text"]) for option in body["options"] if str(option["id"]) in chosen)


def review(body: Body, key: Key, answer: Answer) -> tuple[ReviewLine, ...]:
    """Every option: chosen or not, right or not, and why a wrong one attracts."""
    chosen, right = _several(answer), _several(key["key"])
    notes = key.get("distractors") or {}
    return tuple(
        ReviewLine(
            str(option["text"]),
            _MARKS[str(option["id"]) in chosen, str(option["id"]) in right],
            note=str(notes.get(str(option["id"]), "")),
        )
        for option in body["options"]
    )


def _several(ids: Answer) -> set[str]:
    return set(map(str, ids if isinstance(ids, list) else [] if ids is None else [ids]))


_MARKS = {
    (True, True): ReviewMark.RIGHT,
    (True, False): ReviewMark.WRONG,
    (False, True): ReviewMark.MISSED,
    (False, False): ReviewMark.NONE,
}
"""(chosen, right) -> mark."""

MC_SINGLE = ItemType(
    key="mc_single",
    version=1,
    title=message("Pilihan ganda"),
    template="assessment/items/mc_single.html",
    check=check_single,
    parse=parse_single,
    is_answered=lambda answer: answer is not None,
    score=score_single,
    display=display,
    review=review,
)
MC_MULTIPLE = ItemType(
    key="mc_multiple",
    version=1,
    title=message("Pilihan ganda kompleks"),
    template="assessment/items/mc_multiple.html",
    check=check_multiple,
    parse=parse_multiple,
    is_answered=bool,
    score=score_multiple,
    display=display,
    review=review,
)
