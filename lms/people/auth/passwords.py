"""What a password may be, and the one-time codes that a school prints on sign-in cards.

A one-time code is derived from a random seed and the installation's key, so a card can be printed
again until its owner has chosen a password, and no table ever holds a code.
"""

import base64
import hashlib
import hmac
import re
import secrets
from functools import cache

from lms.contract.normalise import clean_text
from lms.contract.text import Text, message

MIN_LENGTH = 8
MAX_LENGTH = 128
CODE_LENGTH = 8
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""31 signs that nobody confuses on paper; 8 of them are 39 bits, and guesses are throttled."""
_OF_THIS_PLACE = """
password passw0rd qwerty qwertyuiop asdfghjkl zxcvbnm iloveyou sayang sayangku rahasia bismillah
alhamdulillah indonesia palembang banyuasin sumsel sekolah sekolahku guru guruku gurusd operator
admin administrator dapodik lpmp bpmp imbas merdeka pancasila garuda bintang cinta cintaku
kepala kepsek belajar kurikulum letmein welcome abcdefgh abcd1234 aku akusayangkamu katasandi
sandi masuk makan semangat 12345678 123456789 1234567890 11111111 00000000 87654321 11223344
12341234 12344321 qwerty123 1q2w3e4r 1qaz2wsx
"""
"""What people here would choose; the lists of the world lack it."""


def password_fault(password: str, username: str) -> Text | None:
    """Why ``password`` cannot be used, or None."""
    folded = password.lower()
    if len(password) < MIN_LENGTH:
        return message("Kata sandi paling sedikit 8 huruf atau angka.")
    if len(password) > MAX_LENGTH:
        return message("Kata sandi paling banyak 128 huruf.")
    if username and (username in folded or folded in username):
        return message("Kata sandi tidak boleh memuat nama pengguna.")
    if not _common().isdisjoint({folded, re.sub(r"[\d\W_]+$", "", folded)}) or len(set(folded)) < 3:
        return message("Kata sandi ini mudah ditebak. Coba tiga kata yang tidak berhubungan.")
    return None


@cache
def _common() -> frozenset[str]:
    """The 30,000 commonest passwords of the world, and words of this place."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"]) | frozenset(_OF_THIS_PLACE.split())


def new_seed(key: str) -> str:
    """A fresh seed for a one-time code, marked with the key that it belongs to."""
    return f"{secrets.token_hex(16)}.{_mark(key)}"


def one_time_code(seed: str, key: str) -> str:
    """The code of ``seed``, without grouping; empty when the installation's key has changed."""
    if not seed.endswith(f".{_mark(key)}"):
        return ""
    digest = hmac.digest(key.encode(), f"one-time:{seed}".encode(), "sha256")
    number, signs = int.from_bytes(digest), ""
    for _ in range(CODE_LENGTH):
        number, sign = divmod(number, len(_ALPHABET))
        signs += _ALPHABET[sign]
    return signs


def grouped(code: str) -> str:
    """A code as it is printed: ``kmpw 4829``."""
    return f"{code[:4]} {code[4:]}"


def as_typed(typed: str) -> str:
    """A code as somebody typed or pasted it, without blanks, hyphens, capitals and invisible signs."""
    return re.sub(r"[\s\-\u2010-\u2015\u2212]", "", clean_text(typed)).lower()


def keyed_hash(value: str, purpose: str, key: str) -> str:
    """A short keyed hash, for things that are looked up and must not be readable in the table."""
    digest = hmac.digest(key.encode(), f"{purpose}:{value}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _mark(key: str) -> str:
    return hmac.digest(key.encode(), b"one-time-key", "sha256").hex()[:8]
