"""Two texts word by word, against the plain table of the longest common subsequence."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.documents import comparing
from lms.documents.comparing import differences

TEXTS = st.text("ab \n", max_size=30)
LONGEST = 8000
"""Characters that a part of a lesson plan may have."""


@given(TEXTS, TEXTS)
def test_both_sides_of_a_comparison_are_whole(before: str, after: str) -> None:
    left, right = differences(before, after)
    assert "".join(words for words, _only in left) == before
    assert "".join(words for words, _only in right) == after
    same = ["".join(words for words, only in side if not only) for side in (left, right)]
    assert same[0] == same[1]
    assert (before == after) is not any(only for _words, only in (*left, *right))


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_as_many_words_as_possible_stay(before: list[str], after: list[str]) -> None:
    table = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for a, word in enumerate(before, 1):
        for b, other in enumerate(after, 1):
            table[a][b] = table[a - 1][b - 1] + 1 if word == other else max(table[a - 1][b], table[a][b - 1])
    left, _right = differences(*("".join(f" {word}" for word in words) for words in (before, after)))
    assert sum(len(words.split()) for words, only in left if not only) == table[-1][-1]


def test_only_the_words_that_changed_are_marked() -> None:
    assert differences(
        "Siswa mengamati selokan.\nLalu menulis.", "Siswa mengamati sungai.\nLalu menulis."
    ) == (
        [("Siswa mengamati", False), (" selokan.", True), ("\nLalu menulis.", False)],
        [("Siswa mengamati", False), (" sungai.", True), ("\nLalu menulis.", False)],
    )
    assert differences("Siswa menulis", "Siswa menulis rapi") == (
        [("Siswa menulis", False)],
        [("Siswa menulis", False), (" rapi", True)],
    )


def test_too_long_a_stretch_is_different_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_MOST_WORDS", 3)
    assert differences("mula a b c d akhir", "mula x b c y akhir") == (
        [("mula", False), (" a b c d", True), (" akhir", False)],
        [("mula", False), (" x b c y", True), (" akhir", False)],
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" ".join(f"k{n}" for n in range(1350)), " ".join(f"m{n}" for n in range(1350))),
        ("a " * 4000, "b a a c " * 1000),
        ("a b " * 2000, "b a " * 2000),
        ("x " + "a b " * 1999, "y " + "b a c " * 1333),
        (" " * LONGEST, "a" + " " * (LONGEST - 1)),
    ],
    ids=["nothing shared", "one word repeated", "shifted by one", "nearly shifted", "blanks"],
)
def test_no_text_of_the_greatest_length_keeps_a_reader_waiting(before: str, after: str) -> None:
    """Whatever two people write: a page of versions compares each field that differs."""
    assert max(len(before), len(after)) <= LONGEST
    began = time.thread_time()
    differences(before, after)
    assert time.thread_time() - began < 0.2
