"""Names as Indonesians have them: one full name, titles before and after, never first and last."""

import re
import unicodedata
from collections.abc import Iterator

from lms.contract.normalise import APOSTROPHES, DEGREES, clean_text, fold, is_degree

MAX_NAME = 120
_FRONT = {
    "h": "H.",
    "hj": "Hj.",
    "k": "K.",
    "kh": "KH.",
    "prof": "Prof.",
    "dr": "Dr.",
    "drs": "Drs.",
    "dra": "Dra.",
    "ir": "Ir.",
    "ust": "Ust.",
    "usth": "Usth.",
    "r": "R.",
    "rr": "Rr.",
    "rd": "Rd.",
    "ns": "Ns.",
    "apt": "apt.",
}
_FRONT_WITHOUT_POINT = frozenset({"h", "hj", "kh", "prof", "dr", "drs", "dra", "ir", "ust", "usth"})
"""``R`` and ``K`` without a point are initials."""
_ADDRESS = frozenset({"bapak", "bpk", "pak", "ibu", "bu", "sdr", "sdri"})
_PARTICLES = frozenset(
    {"bin", "binti", "binte", "boru", "van", "von", "der", "den", "de", "da", "dos", "das"}
)
"""Small inside a name and large in front of it (EYD edition V, I.A.2; the last three in Flores and Timor)."""
_ARTICLES = re.compile(r"(?:al|el|ad|an|ar|as|ash|asy|at|ath|az)-", re.IGNORECASE)
_ROMAN = re.compile(r"(?:X{0,3})(?:IX|IV|V?I{0,3})", re.IGNORECASE)
_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,38})[a-z0-9]")


def display_name(full_name: str, title_front: str = "", title_back: str = "") -> str:
    """The name as it stands on a certificate: ``Hj. Siti Aminah, S.Pd.SD.``.

    A name that was stored in capitals or in small letters is spelt as ``tidy_name`` does.
    """
    name = tidy_name(full_name)
    name = f"{title_front} {name}" if title_front else name
    return f"{name}, {title_back}" if title_back else name


def split_titles(raw: str) -> tuple[str, str, str]:
    """``(front, name, back)`` of a name that may carry titles; forms of address (Bapak, Ibu) are left out.

    What follows the first comma are titles behind, and so are known degrees without a comma. Known titles
    before the name are titles in front ("M. Yusuf" keeps its M.). Titles in capitals get their usual spelling.
    """
    before, _, behind = clean_text(raw).partition(",")
    words = before.split()
    front: list[str] = []
    while len(words) > 1 and (_are_titles(words[0]) or fold(words[0]) in _ADDRESS):
        word = words.pop(0)
        if fold(word) not in _ADDRESS:
            front.append(_front_title(word))
    back: list[str] = []
    while len(words) > 1 and is_degree(words[-1]):
        back.insert(0, words.pop())
    parts = [part.strip() for part in (" ".join(back), *behind.split(",")) if part.strip(" .")]
    titles = ", ".join(" ".join(_back_title(word) for word in part.split()) for part in parts)
    return " ".join(front), " ".join(words), titles


def tidy_name(name: str) -> str:
    """A name in capitals or in small letters, as lists carry it, in the usual spelling; others stay.

    ``NUR'AINI`` becomes ``Nur'aini``, ``HENDRA WIJAYA III`` ``Hendra Wijaya III``, ``ALI BIN SAID``
    ``Ali bin Said``. Invisible signs and double spaces go in any case.
    """
    one_line = clean_text(name)
    telling = "".join(word for word in one_line.split() if word not in _PARTICLES) or one_line
    if not (telling.isupper() or telling.islower()):
        return one_line
    straight = re.sub(f"[{APOSTROPHES}]", "'", one_line)
    return " ".join(_spelt(word, first=at == 0) for at, word in enumerate(straight.split()))


def tidy_titles(front: str, back: str) -> tuple[str, str]:
    """Titles before and behind a name, those in capitals or small letters as they are usually written."""
    return (
        " ".join(_front_title(word) for word in clean_text(front).split()),
        re.sub(r"[^\s,]+", lambda found: _back_title(found[0]), clean_text(back)),
    )


def name_is_usable(name: str) -> bool:
    """Whether ``name`` has a letter, fits, and carries no control characters."""
    return (
        0 < len(name) <= MAX_NAME
        and any(char.isalpha() for char in name)
        and not any(unicodedata.category(char).startswith("C") for char in name)
    )


def username_is_usable(username: str) -> bool:
    """3-40 characters: lower case letters, digits, point, hyphen, underscore; no point at an end."""
    return bool(_USERNAME.fullmatch(username))


def username_suggestions(full_name: str) -> Iterator[str]:
    """Endless usernames for a name, the nicest first: siti.aminah, siti.aminah2, ..."""
    folded = unicodedata.normalize("NFKD", full_name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", folded)
    stem = ".".join(words[:2])[:32].strip(".") or "pengguna"
    if len(stem) < 3:
        stem = f"{stem}.guru"
    yield stem
    number = 2
    while True:
        yield f"{stem}{number}"
        number += 1


def _are_titles(word: str) -> bool:
    """``Dr.``, ``Prof.Dr.``, ``Hj``: every part known."""
    parts = [part.casefold() for part in word.split(".") if part]
    known = _FRONT if word.endswith(".") else _FRONT_WITHOUT_POINT
    return bool(parts) and all(part in known for part in parts)


def _front_title(word: str) -> str:
    """``DRS.`` and ``Hj`` as they are usually written; ``dr.``, a physician, stays."""
    plain = word.rstrip(".")
    if plain.casefold() in _FRONT and ((len(plain) > 1 and plain.isupper()) or not word.endswith(".")):
        return _FRONT[plain.casefold()]
    return word


def _back_title(word: str) -> str:
    """``S.PD`` as it is usually written, ``S.Pd.``; what is in mixed letters stays, with one point at its end."""
    letters = fold(word).replace(" ", "")
    if letters in DEGREES and len(letters) > 2 and (word.isupper() or word.islower()):
        return DEGREES[letters]
    return re.sub(r"\.{2,}", ".", word)


def _spelt(word: str, *, first: bool) -> str:
    """One word of a name: ``AL-FATIH``, ``A.RAHMAN``, ``SITI-NUR``, ``III``, ``BIN``."""
    if not first:
        if word.casefold() in _PARTICLES:
            return word.casefold()
        if len(word) > 1 and _ROMAN.fullmatch(word):
            return word.upper()
        article = _ARTICLES.match(word)
        if article:
            return article[0].lower() + _capitals(word[article.end() :])
    return _capitals(word)


def _capitals(word: str) -> str:
    """A capital at the start, behind a point or a hyphen, and in ``D'Souza`` and ``O'Brien``."""
    pieces = re.split(r"([^\w']+)", word)
    return "".join(_capital(piece) for piece in pieces)


def _capital(piece: str) -> str:
    before, sign, behind = piece.partition("'")
    if sign and before.casefold() in {"d", "o"}:
        return f"{before.upper()}'{behind[:1].upper()}{behind[1:].lower()}"
    return piece[:1].upper() + piece[1:].lower()
