"""Argon2 at 9 MiB, one at once in each process, and the same work for a user who does not exist."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_HASHER = PasswordHash((Argon2Hasher(time_cost=4, memory_cost=9216, parallelism=1),))
_HANDS = ThreadPoolExecutor(1, thread_name_prefix="hashing")
"""A thread of its own: whoever hashes needs 9 MiB, so 64 request threads may not, and a processor hashes no faster
for two. With a process for each core all cores hash.

It begins with the first sign-in and not before, since threads do not survive a fork.
"""


def hash_password(password: str) -> str:
    """The hash to store. Takes about 35 ms: never call it inside ``write()``."""
    return _HANDS.submit(_HASHER.hash, password).result()


def verify(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """``(right, new hash when the parameters have moved on)``.

    With None (no such user) it hashes against a dummy, so that the time tells nothing.
    """
    right, renewed = _HANDS.submit(_HASHER.verify_and_update, password, password_hash or _dummy()).result()
    return right and password_hash is not None, renewed


def warm_up() -> None:
    """Make the dummy now, so that the first unknown user is not slower than a known one."""
    _dummy()


@cache
def _dummy() -> str:
    return _HASHER.hash("nobody has this password")
