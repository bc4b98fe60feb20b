"""Whether a short answer (isian singkat) is an accepted one: the same word, number or symbol. Pure.

Case, full stops, spaces, "Rp", the unit before or after, words that only lead to the answer ("jadi", "sebanyak"), decimal
comma or point, and the old spelling of names make no difference; another unit does. Source: requirement F5, "1/0 on word, number, symbol".
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from lms.contract.normalise import clean_text, fold
from lms.contract.parsing import MAX_EXACT, parse_decimal

_SCALES = {
    "ribu": 10**3,
    "rb": 10**3,
    "juta": 10**6,
    "jt": 10**6,
    "miliar": 10**9,
    "milyar": 10**9,
    "triliun": 10**12,
}
_MONEY = frozenset({"rp", "idr", "rupiah"})
_SHORTENED = {"x": "kali", "mnt": "menit", "org": "orang", "bln": "bulan", "thn": "tahun"}
_OF_PEOPLE = frozenset({"orang", "siswa", "murid", "guru", "peserta"})
"""What is counted with "orang": 36 orang, 36 orang siswa."""
_LEADING = frozenset(
    {
        "jawab",
        "jawaban",
        "jawabannya",
        "jadi",
        "adalah",
        "yaitu",
        "hasilnya",
        "sebanyak",
        "sebesar",
        "selama",
        "ada",
        "lagi",
    }
)
"""Words around a number that say nothing of it."""
_OLD_SPELLING = (("dj", "j"), ("tj", "c"), ("sj", "sy"), ("oe", "u"), ("ch", "h"), ("kh", "h"))
"""Names keep the spelling of their time: Hadjar and Hajar, Soetomo and Sutomo, Sjahrir, Achmad Dachlan."""
_WRITTEN_NUMBER = re.compile(
    r"(?P<before>[^0-9]*?)(?P<number>[-+]?(?:[.,](?=[0-9]))?[0-9](?:[0-9., ']*[0-9])?)(?P<after>[^0-9]*)"
)
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<sign>[., '])[0-9]{3})(?:(?P=sign)[0-9]{3})*(?:[.,][0-9]+)?")
_POWER = re.compile(r"(?<=[A-Za-z])\^?[23\u00b2\u00b3]$")
"""Of a unit of area or volume."""
_SIGNS = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u00d7": "x", "\u00f7": ":", "\u2264": "<=", "\u2265": ">="}
)
_MATHEMATICAL = re.compile(r"[<>=+*/:^%\u2248\u2260]")


def is_accepted(
    answer: str, accepted: Iterable[str], *, unit: str = "", tolerance: Decimal = Decimal(0)
) -> bool:
    """Whether ``answer`` equals one of ``accepted``: as a number in ``unit`` within ``tolerance``, else as text."""
    given = _values(answer, unit)
    for text in accepted:
        known = _key_value(text, unit)
        if known is None:
            if _same_text(answer, text):
                return True
        elif any(abs(number - known) <= tolerance for number in given):
            return True
    return False


def is_number(text: str) -> bool:
    """Whether ``text`` is a number, in whatever way people write it."""
    return bool(_values(text, ""))


def _key_value(text: str, unit: str) -> Decimal | None:
    """The number that an author's key means; a point alone is a decimal one, as a comma is."""
    number = parse_decimal(text)
    return number if number is not None else min(_values(text, unit), default=None)


def _same_text(answer: str, accepted: str) -> bool:
    if _MATHEMATICAL.search(accepted) or not any(sign.isalpha() for sign in accepted):
        return _symbols(answer) == _symbols(accepted)
    return _words(answer) == _words(accepted)


def _words(text: str) -> str:
    """Letters and digits alone: a blank more or less is no other word."""
    found = fold(unicodedata.normalize("NFKC", text)).replace(" ", "")
    for old, new in _OLD_SPELLING:
        found = found.replace(old, new)
    return found


def _symbols(text: str) -> str:
    """Every sign counts but blanks and a full stop at the end."""
    found = unicodedata.normalize("NFKC", clean_text(text)).translate(_SIGNS).casefold()
    return "".join(found.split()).rstrip(".")


def _values(text: str, unit: str) -> frozenset[Decimal]:
    """What ``text`` may mean as a number of ``unit``; empty when it is none, or one of another unit."""
    plain = unicodedata.normalize("NFKC", clean_text(text)).translate(_SIGNS).casefold()
    plain = re.sub(r"[.,]-+$", "", plain.replace("%", " persen ").strip())  # Rp3.250.000,-
    plain = re.sub(r"^[^0-9=]*=", "", plain)  # D = 0,44
    plain = re.sub(r"(?<!\S)-\s+(?=[0-9])", "-", plain).replace("per sen", "persen")
    found = _WRITTEN_NUMBER.fullmatch(_without_power(plain, unit))
    if found is None:
        return frozenset()
    said = [*fold(found["before"]).split(), *fold(found["after"]).split()]
    known = fold(_POWER.sub("", unit).replace("%", " persen ")).split()
    said = [_SHORTENED.get(word, word) for word in said]
    of_money = not known or bool(_MONEY.intersection(known))
    strangers = [word for word in said if word not in known and word not in _SCALES and word not in _LEADING]
    if _OF_PEOPLE.intersection(known):
        strangers = [word for word in strangers if word != "orang"]
    if any(word not in _MONEY or not of_money for word in strangers):
        return frozenset()
    numbers = _readings(found["number"])
    typed, expected = _scale(said), _scale(known)
    if typed > 1:
        return frozenset(number * typed / expected for number in numbers)
    whole = frozenset(number / expected for number in numbers)
    return whole if "rupiah" in said else whole | numbers


def _without_power(plain: str, unit: str) -> str:
    """ "12 cm2" without its 2 where the unit has one: a digit behind letters is no part of the number."""
    found = _POWER.search(unit)
    power = unicodedata.normalize("NFKC", found[0]).lstrip("^") if found else ""
    return re.sub(rf"(?<=[a-z])\^?{power}\.?$", "", plain) if power else plain


def _scale(words: Iterable[str]) -> int:
    scale = 1
    for word in words:
        scale *= _SCALES.get(word, 1)
    return scale


def _readings(number: str) -> frozenset[Decimal]:
    """ "1.250" is a thousand and more to one, and a decimal to another: whatever a person may have meant."""
    sign, digits = (-1 if number.startswith("-") else 1), number.lstrip("+-")
    found = set()
    if _PLAIN.fullmatch(digits):
        found.add(Decimal(digits.replace(",", ".")))
    if grouped := _GROUPED.fullmatch(digits):
        whole, _point, rest = digits, "", ""
        last = max(digits.rfind("."), digits.rfind(","))
        if last >= 0 and digits[last] != grouped["sign"]:
            whole, rest = digits[:last], digits[last + 1 :]
        found.add(Decimal(re.sub(r"[^0-9]", "", whole) + (f".{rest}" if rest else "")))
    return frozenset(sign * value for value in found if value <= MAX_EXACT)
