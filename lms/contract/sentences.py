"""How a word or a name stands within a sentence: its capitals are kept, its full stop is not doubled."""

import re

_NAMES = frozenset(
    {
        "Pancasila",
        "Indonesia",
        "English",
        "Zoom",
        "Excel",
        "Dapodik",
        "Senin",
        "Selasa",
        "Rabu",
        "Kamis",
        "Jumat",
        "Sabtu",
        "Minggu",
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "May",
        "June",
        "July",
        "August",
        "October",
        "December",
        "Tri",
        "Bloom",
        "Cronbach",
    }
)
"""Words with one capital that keep it: names, days and months (PUEBI, I.F)."""

_FIRST_WORD = re.compile(r"\S+")


def lower_first(text: str) -> str:
    """``text`` as it stands inside a sentence: the first letter small, every other capital as it is.

    Acronyms (two capitals or more, or a digit: ``KD``, ``4C``, ``C4-C6``), single letters with a class or an
    option (``V``) and names keep their capital: ``SK tim``, ``nilai karakter``, ``kecakapan 4C``.
    """
    found = _FIRST_WORD.search(text)
    word = found.group().strip("\"'()[].,;:!?\u201c\u201d\u2018\u2019") if found else ""
    capitals = sum(letter.isupper() for letter in word)
    if capitals != 1 or len(word) == 1 or any(sign.isdigit() for sign in word) or word in _NAMES:
        return text
    at = next((place for place, sign in enumerate(text) if sign.isalpha()), 0)
    return text[:at] + text[at].lower() + text[at + 1 :]


def upper_first(text: str) -> str:
    """``text`` as it begins a sentence: the first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """``text`` at the end of a sentence: one full stop, also after an abbreviation (``S.Pd.``)."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def counted(number: int, one: str, many: str) -> str:
    """An English count: ``1 row``, ``2 rows``. (Indonesian nouns have no plural after a number.)"""
    return f"{number} {one if number == 1 else many}"
