"""Argon2 at 19 MiB, never more than a few at once, and the same work for a user who does not exist."""

import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1),))
_AT_ONCE = threading.BoundedSemaphore(8)
"""64 request threads that all hash would want 1.2 GiB."""


def hash_password(password: str) -> str:
    """The hash to store. Takes about 35 ms: never call it inside ``write()``."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """``(right, new hash when the parameters have moved on)``.

    With None (no such user) it hashes against a dummy, so that the time tells nothing.
    """
    with _AT_ONCE:
        right, renewed = _HASHER.verify_and_update(password, password_hash or _dummy())
    return right and password_hash is not None, renewed


def warm_up() -> None:
    """Make the dummy now, so that the first unknown user is not slower than a known one."""
    _dummy()


@cache
def _dummy() -> str:
    return _HASHER.hash("nobody has this password")
