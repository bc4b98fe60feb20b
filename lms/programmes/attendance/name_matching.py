"""Whose name is it? Names in a meeting against the names of participants. Pure.

Only a name that means exactly one participant is taken as sure; everything else is a suggestion
that a person confirms.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lms.contract.normalise import bare_name, fold, is_degree

_NOT_A_NAME = frozenset(
    re.findall(
        r"\w+",
        "bu ibu pak bapak bpk h hj haji hajah dr drs dra ir prof guru kepala sekolah kepsek ks tpmps sd sdn sdit "
        "smp smpn negeri hp iphone samsung galaxy oppo vivo redmi xiaomi realme laptop zoom user host",
    )
)
SUGGESTIONS = 6
_ENOUGH = 0.5
_ALIKE = 0.84


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody on the list; ``schools``: the ways in which people write the school's name."""

    enrolment_id: int
    name: str
    schools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """``enrolment_ids``, the likeliest first; ``sure`` when the first needs no person to confirm."""

    enrolment_ids: tuple[int, ...]
    sure: bool


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name without titles, forms of address, schools, devices and figures."""
    before_titles = name.split(",")[0] if len(name.split(",")[0].split()) > 1 or "," not in name else name
    parts = bare_name(before_titles.replace("_", " ")).split()
    words = re.findall(r"[^\W\d_]+", fold(" ".join(part for part in parts if not is_degree(part))))
    return tuple(word for word in words if word not in _NOT_A_NAME)


class Directory:
    """The participants, indexed by the words of their names."""

    def __init__(self, participants: Iterable[Participant]) -> None:
        self._words: dict[int, tuple[str, ...]] = {}
        self._schools: dict[int, frozenset[str]] = {}
        self._by_name: dict[tuple[str, ...], list[int]] = {}
        self._by_word: dict[str, set[int]] = {}
        marks: dict[tuple[str, ...], frozenset[str]] = {}
        for entry in participants:
            words = tuple(sorted(words_of(entry.name)))
            self._words[entry.enrolment_id] = words
            if entry.schools not in marks:
                marks[entry.schools] = frozenset(
                    mark for school in entry.schools for mark in _school_marks(school)
                )
            self._schools[entry.enrolment_id] = marks[entry.schools]
            self._by_name.setdefault(words, []).append(entry.enrolment_id)
            for word in words:
                self._by_word.setdefault(word, set()).add(entry.enrolment_id)

    def __contains__(self, enrolment_id: int) -> bool:
        return enrolment_id in self._words

    def match(self, shown: Sequence[str]) -> Match:
        """Who goes by one of the names ``shown`` (the present name first, then the original one)."""
        marks = frozenset(mark for name in shown for mark in _school_marks(name))
        for name in shown:
            same = self._by_name.get(tuple(sorted(words_of(name))), [])
            here = [entry for entry in same if self._schools[entry] & marks] if len(same) > 1 else same
            if len(here) == 1 and words_of(name):
                return Match((here[0],), sure=True)
            if same and words_of(name):
                return Match(tuple(same[:SUGGESTIONS]), sure=False)
        scores: dict[int, float] = {}
        for name in shown:
            for entry, score in self._scores(words_of(name), marks).items():
                scores[entry] = max(score, scores.get(entry, 0))
        best = sorted(scores, key=lambda entry: (-scores[entry], entry))
        return Match(tuple(best[:SUGGESTIONS]), sure=False)

    def _scores(self, words: tuple[str, ...], marks: frozenset[str]) -> Mapping[int, float]:
        found: dict[int, float] = {}
        alike = {known for word in words for known in self._alike(word)}
        for known in alike:
            for entry in self._by_word[known]:
                shared = len(alike.intersection(self._words[entry]))
                share = shared / max(len(words), len(self._words[entry]))
                score = share + (0.5 if marks & self._schools[entry] else 0)
                if score >= _ENOUGH:
                    found[entry] = score
        return found

    def _alike(self, word: str) -> Iterable[str]:
        """Known words that are this one, begin like it, or differ by a slip of the hand."""
        if word in self._by_word:
            yield word
        for known in self._by_word:
            if known == word or known[0] != word[0] or len(word) < 4:
                continue
            if known.startswith(word) or SequenceMatcher(None, known, word).ratio() >= _ALIKE:
                yield known


def _school_marks(text: str) -> Iterable[str]:
    """What tells schools apart in any spelling: ``sd26`` of "SD Negeri 26", "SDN26" and "sd n 26"."""
    for kind, number in re.findall(
        r"\b(sd|smp)\s*(?:n|negeri)?\.?\s*(\d{1,3})\b", text.lower().replace("_", " ")
    ):
        yield f"{kind}{int(number)}"
