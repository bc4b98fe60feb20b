"""What tables and matching share: rows, each answered by one of the same choices."""

from collections.abc import Callable, Mapping
from typing import Any

from imbas_hots_assessment.items.scoring import score_rows, scoring_faults
from lms.api import Answer, Body, ItemType, Key, ReviewLine, ReviewMark, Score, Text

FEWEST_ROWS = 3


def sides(body: Body) -> tuple[dict[str, str], dict[str, str]]:
    """Rows and choices, id -> text, in their order."""
    if "left" in body or "right" in body:
        return _entries(body.get("left")), _entries(body.get("right"))
    return _entries(body.get("statements")), _entries(body.get("categories"))


def check(body: Body, key: Key) -> list[str]:
    """Faults that every format of rows can have."""
    rows, choices = sides(body)
    right = key.get("key") or {}
    faults = [] if str(body.get("stem", "")).strip() else ["the stem is empty"]
    if len(rows) < FEWEST_ROWS:
        faults.append(f"at least {FEWEST_ROWS} rows are needed")
    if len(choices) < 2:
        faults.append("at least two choices are needed")
    if _repeated(body):
        faults.append("two rows or two choices have the same id")
    if not all(text.strip() for text in (*rows.values(), *choices.values())):
        faults.append("a row or a choice has no text")
    if set(map(str, right)) != set(rows) or not {str(choice) for choice in right.values()} <= set(choices):
        faults.append("the key must name one choice for every row")
    return faults + scoring_faults(key.get("scoring", {}))


def parse(body: Body, fields: Mapping[str, list[str]]) -> Answer:
    """Row -> chosen id; rows without a choice are left out, unknown ids ignored; None when empty."""
    rows, choices = sides(body)
    chosen = {row: fields[row][-1] for row in rows if fields.get(row) and fields[row][-1] in choices}
    return chosen or None


def score(body: Body, key: Key, answer: Answer) -> Score:
    """Points by the item's rule."""
    rows, _choices = sides(body)
    right = {str(row): str(choice) for row, choice in key["key"].items()}
    return score_rows(list(rows), right, answer or {}, key["scoring"])


def display(body: Body, answer: Answer) -> tuple[str, ...]:
    """``row: choice`` for each answered row."""
    rows, choices = sides(body)
    given = answer or {}
    return tuple(f"{text}: {choices[given[row]]}" for row, text in rows.items() if given.get(row) in choices)


def review(body: Body, key: Key, answer: Answer) -> tuple[ReviewLine, ...]:
    """Every row with what was chosen and what is right, then choices that only attract, each with its reason."""
    rows, choices = sides(body)
    right, given = {str(row): str(choice) for row, choice in key["key"].items()}, answer or {}
    notes = {str(name): str(text) for name, text in (key.get("distractors") or {}).items()}
    lines = [
        ReviewLine(
            text,
            ReviewMark.MISSED
            if row not in given
            else ReviewMark.RIGHT
            if given[row] == right[row]
            else ReviewMark.WRONG,
            given=choices.get(given.get(row, ""), ""),
            key=choices[right[row]],
            note=notes.get(row, ""),
        )
        for row, text in rows.items()
    ]
    left_over = {choice: text for choice, text in choices.items() if choice in notes and choice not in rows}
    lines += [ReviewLine(text, ReviewMark.NONE, note=notes[choice]) for choice, text in left_over.items()]
    return tuple(lines)


def item_type(
    name: str, title: Text, template: str, checked: Callable[[Body, Key], tuple[str, ...]]
) -> ItemType:
    """A format of this plugin."""
    return ItemType(
        key=f"hots_assessment.{name}",
        version=1,
        title=title,
        template=f"hots_assessment/items/{template}",
        check=checked,
        parse=parse,
        is_answered=bool,
        score=score,
        display=display,
        review=review,
    )


def _entries(entries: Any) -> dict[str, str]:
    return {str(entry["id"]): str(entry.get("text", "")) for entry in entries or ()}


def _repeated(body: Body) -> bool:
    lists = (body.get(name) or () for name in ("statements", "categories", "left", "right"))
    return any(len({str(entry["id"]) for entry in entries}) < len(entries) for entries in lists)
