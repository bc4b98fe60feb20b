"""The shape of a quiz item: what the templates of quizzes rely on, whatever the kind of item."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

from lms.contract.items import Body, ItemSpec, ItemType, Key

_CHOICES = ("options", "statements", "categories", "left", "right")
_PICTURE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")


def item_faults(types: Mapping[str, ItemType], item: ItemSpec) -> list[str]:
    """Every fault of an item, each with the item's key: unknown kind, wrong shape, what its kind finds."""
    kind = types.get(item.type)
    if kind is None:
        return [f"{item.key}: unknown item type {item.type}"]
    faults = shape_faults(item.body, item.secret) or _found_by(kind, item.body, item.secret)
    return [f"{item.key}: {fault}" for fault in faults]


def shape_faults(body: Body, secret: Key) -> list[str]:
    """What is not of the type that pages and scorers rely on, each as a sentence; empty when sound.

    ``body``: ``stem`` a text; ``stimulus`` blocks of ``text``, ``table`` (a row of titles, rows as long as it) or
    ``picture`` (the name of a file, with words for who cannot see it); ``options``, ``statements``,
    ``categories``, ``left`` and ``right`` entries with ``id`` and ``text``. ``secret``: ``scoring.max`` above 0,
    ``accept`` a list, ``guide`` lines with points.
    """
    if not isinstance(body, Mapping) or not isinstance(secret, Mapping):
        return ["body and secret must be mappings"]
    faults = [] if _is_text(body.get("stem")) else ["stem must be a text"]
    faults += [f"{name} must be a text" for name in ("unit",) if not _may_be_text(body.get(name))]
    faults += [f"{name} must be a text" for name in ("explanation",) if not _may_be_text(secret.get(name))]
    faults += _each("stimulus", body.get("stimulus"), _block_faults)
    for name in _CHOICES:
        faults += _each(name, body.get(name), _choice_faults)
    return faults + _secret_faults(secret)


def _found_by(kind: ItemType, body: Body, secret: Key) -> list[str]:
    try:
        return list(kind.check(body, secret))
    except Exception as error:
        return [f"{kind.key} cannot check it: {type(error).__name__}: {error}"]


def _each(name: str, entries: Any, faults_of: Callable[[Mapping[str, Any]], list[str]]) -> list[str]:
    if entries is None:
        return []
    if not isinstance(entries, list | tuple):
        return [f"{name} must be a list"]
    faults: list[str] = []
    for number, entry in enumerate(entries, start=1):
        found = faults_of(entry) if isinstance(entry, Mapping) else ["must be a mapping"]
        faults += [f"{name} {number}: {fault}" for fault in found]
    return faults


def _block_faults(block: Mapping[str, Any]) -> list[str]:
    match block.get("type"):
        case "table":
            return _table_faults(block)
        case "picture":
            named = isinstance(block.get("src"), str) and _PICTURE.match(block["src"])
            faults = [] if named else ["src must be the name of a picture of the module"]
            return faults if _is_text(block.get("alt")) else [*faults, "alt must say what is to be seen"]
        case "text":
            return [] if _is_text(block.get("text")) else ["text must be a text"]
        case other:
            return [f"unknown type {other!r}; text, table and picture are known"]


def _table_faults(block: Mapping[str, Any]) -> list[str]:
    head, rows = block.get("head"), block.get("rows")
    if not _is_row(head) or not isinstance(rows, list | tuple) or not rows or not all(map(_is_row, rows)):
        return ["head must be a list of titles, rows a list of lists of texts or numbers"]
    faults = [
        f"row {number} has {len(row)} cells, the head {len(head)}"
        for number, row in enumerate(rows, start=1)
        if len(row) != len(head)
    ]
    return faults if _may_be_text(block.get("caption")) else [*faults, "caption must be a text"]


def _choice_faults(entry: Mapping[str, Any]) -> list[str]:
    faults = [] if _is_cell(entry.get("id")) else ["id must be a text or a number"]
    return faults if _is_text(entry.get("text")) else [*faults, "text must be a text"]


def _secret_faults(secret: Key) -> list[str]:
    scoring = secret.get("scoring", {})
    if not isinstance(scoring, Mapping):
        return ["scoring must be a mapping"]
    faults = [] if _points(scoring.get("max", 1)) else ["scoring: max must be a number above 0"]
    accept = secret.get("accept", [])
    if not isinstance(accept, list | tuple) or not all(map(_is_cell, accept)):
        faults.append("accept must be a list of texts or numbers")
    return faults + _each("guide", secret.get("guide"), _guide_faults)


def _guide_faults(line: Mapping[str, Any]) -> list[str]:
    return [] if _points(line.get("max")) else ["max must be a number above 0"]


def _points(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return False
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    return number.is_finite() and number > 0


def _is_row(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, list | tuple) and bool(value) and all(map(_is_cell, value))


def _is_cell(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _may_be_text(value: Any) -> bool:
    return value is None or isinstance(value, str)
