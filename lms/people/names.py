"""Names as Indonesians have them: one full name, titles before and after, never first and last."""

import re
import unicodedata
from collections.abc import Iterator

MAX_NAME = 120
_FRONT = frozenset(
    {"h", "hj", "k", "kh", "prof", "dr", "drs", "dra", "ir", "ust", "usth", "r", "rr", "rd", "ns", "apt"}
)
_USERNAME = re.compile(r"^[a-z0-9](?:[a-z0-9._-]{1,38})[a-z0-9]$")


def display_name(full_name: str, title_front: str = "", title_back: str = "") -> str:
    """The name as it stands on a certificate: ``Hj. Siti Aminah, S.Pd.SD.``."""
    name = f"{title_front} {full_name}" if title_front else full_name
    return f"{name}, {title_back}" if title_back else name


def split_titles(raw: str) -> tuple[str, str, str]:
    """``(front, name, back)`` of a name that may carry titles.

    What follows the first comma are titles behind; words with a point before the name are titles
    in front when they are known ones ("M. Yusuf" keeps its M.).
    """
    before, _, back = " ".join(raw.split()).partition(",")
    words = before.split()
    front = []
    while len(words) > 1 and words[0].endswith(".") and _are_titles(words[0]):
        front.append(words.pop(0))
    return " ".join(front), " ".join(words), back.strip().strip(",").strip()


def tidy_name(name: str) -> str:
    """A name in capitals, as lists carry it, in the usual spelling; others stay as they are."""
    one_line = " ".join(name.split())
    if not one_line.isupper():
        return one_line
    return " ".join(_capitalised(word) for word in one_line.split())


def name_is_usable(name: str) -> bool:
    """Whether ``name`` has a letter, fits, and carries no control characters."""
    return (
        0 < len(name) <= MAX_NAME
        and any(char.isalpha() for char in name)
        and not any(unicodedata.category(char).startswith("C") for char in name)
    )


def username_is_usable(username: str) -> bool:
    """3-40 characters: lower case letters, digits, point, hyphen, underscore; no point at an end."""
    return bool(_USERNAME.match(username))


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
    """``Dr.`` or ``Prof.Dr.``: every part known."""
    return all(part.lower() in _FRONT for part in word.split(".") if part)


def _capitalised(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), word.replace("’", "'"), count=0)
