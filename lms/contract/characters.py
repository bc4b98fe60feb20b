"""Which characters a text of a person or a program may hold.

PostgreSQL stores no NUL, no database a lone surrogate; noncharacters are for a program's own use (The Unicode
Standard 17.0, section 23.7); other control characters come along when somebody pastes from a slide or a terminal.
"""

import re

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FORBIDDEN = re.compile(f"[\x00\ud800-\udfff{_NONCHARACTERS}]")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def is_storable(text: str) -> bool:
    """Whether both databases can keep ``text`` as it is."""
    return not _UNSTORABLE.search(text)


def is_text(text: str) -> bool:
    """Whether ``text`` holds characters only: no NUL, lone surrogate, or noncharacter."""
    return not _FORBIDDEN.search(text)


def has_controls(text: str) -> bool:
    """Whether ``text`` holds control characters other than line ends, tabs, and NUL, which is no text at all."""
    return bool(_CONTROLS.search(text))


def without_controls(text: str) -> str:
    """``text`` with line ends of slides and terminals as line ends, and without other control characters."""
    if not has_controls(text):
        return text
    return _CONTROLS.sub("", re.sub("[\x0b\x0c\x85]", "\n", text))


def storable(text: str, longest: int) -> str:
    """``text`` for a log or an error's column: what cannot be stored is replaced, what is too long is cut."""
    return _FORBIDDEN.sub("\ufffd", text)[:longest]
