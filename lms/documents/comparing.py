"""What two texts differ in, word by word, in a time that no text can stretch."""

import re
from itertools import groupby, takewhile

Piece = tuple[str, bool]
"""A run of words, and whether only this side has it."""

_MOST_WORDS = 5000
"""Longer stretches are not searched for what they share: the work grows with the product of both lengths."""


def differences(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Two texts word by word: the pieces of each side in order, which joined are its text.

    As many words as possible stay (their longest common subsequence). Where more than 5,000 words lie between the first
    and the last difference, all of them count as different.
    """
    left, right = (re.findall(r"\s*\S+|\s+", text) for text in (before, after))
    start = _same_at_start(left, right)
    end = _same_at_start(left[start:][::-1], right[start:][::-1])
    middles = left[start : len(left) - end], right[start : len(right) - end]
    shared = [(start + a, start + b) for a, b in _shared(*middles)]
    around = [(at, at) for at in range(start)] + [
        (len(left) - at, len(right) - at) for at in range(1, end + 1)
    ]
    kept_left, kept_right = ({pair[side] for pair in (*around, *shared)} for side in (0, 1))
    return _pieces(left, kept_left), _pieces(right, kept_right)


def _same_at_start(left: list[str], right: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))


def _pieces(words: list[str], kept: set[int]) -> list[Piece]:
    runs = groupby(enumerate(words), key=lambda numbered: numbered[0] not in kept)
    return [("".join(word for _at, word in run), only) for only, run in runs]


def _shared(left: list[str], right: list[str]) -> list[tuple[int, int]]:
    """Places of the words of a longest common subsequence in both lists, the last first; empty for too long ones.

    A row of the usual table is one integer (Hyyrö, "Bit-Parallel LCS-length Computation Revisited", 2004): bit i of the
    row of the first j words of ``right`` is 0 where word i of ``left`` makes the longest common subsequence longer.
    """
    if not left or not right or max(len(left), len(right)) > _MOST_WORDS:
        return []
    places: dict[str, int] = {}
    for at, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << at
    all_bits = (1 << len(left)) - 1
    rows = [all_bits]
    for word in right:
        matches = rows[-1] & places.get(word, 0)
        rows.append((rows[-1] + matches | rows[-1] - matches) & all_bits)
    found = []
    a, b = len(left), len(right)
    while a and b:
        if rows[b] >> a - 1 & 1:
            a -= 1
        elif rows[b - 1] >> a - 1 & 1:
            a, b = a - 1, b - 1
            found.append((a, b))
        else:
            b -= 1
    return found
