"""Pure: numbers and verification codes."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U to be misread."""
CODE_LENGTH = 20
"""20 x 5 = 100 bits: cannot be guessed."""


def new_code() -> str:
    """A fresh verification code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """What somebody typed, as a code: case, spaces, dashes and look-alikes do not matter."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum())
    return kept.translate(str.maketrans("ILO", "110"))[:CODE_LENGTH]


def code_in(typed: str) -> str:
    """What may be the code in what somebody typed or pasted: behind ``/v/`` of the printed address, else all of it."""
    return (
        re.split(r"[?#\s]", typed.strip().rpartition("/v/")[2].strip("/ "), maxsplit=1)[0]
        if "/v/" in typed
        else typed.strip()
    )


def shown_code(code: str) -> str:
    """The code in groups of five, to be read aloud."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def number(pattern: str, *, seq: int, unit_code: str, classification: str, year: int) -> str:
    """A certificate number such as ``0001/B5.6/GT.03.00/2020`` (letter register habit, S52)."""
    return pattern.format(seq=seq, unit_code=unit_code, classification=classification, year=year)
