"""Guesses at codes that anybody may type, such as a certificate's: few misses from one address are answered."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.errors import TooMany
from lms.contract.text import counted_message
from lms.people.auth import throttle
from lms.people.auth.authentication import hash_address
from lms.people.auth.passwords import keyed_hash
from lms.people.auth.rules import CODE_GUESSES
from lms.people.auth.throttle import Counter
from lms.platform.logs import security_log


def refuse_guesser(session: Session, *, address: str, key: str, now: datetime) -> None:
    """Raise TooMany while an address has to wait; reads only."""
    known = throttle.tries(session, _counter(address, key))
    if known is not None and known.hold(now):
        minutes = max(1, -(-int((known.free_at - now).total_seconds()) // 60))
        security_log("code_guesses_held")
        raise TooMany(
            counted_message(
                "Sudah banyak kode yang tidak dikenal dari jaringan ini. Coba lagi %(num)s menit lagi.",
                minutes,
            )
        )


def count_guess(session: Session, *, address: str, key: str, now: datetime) -> None:
    """Count a code that nobody has."""
    throttle.claim(session, (_counter(address, key),), now)


def _counter(address: str, key: str) -> Counter:
    return Counter("guess", keyed_hash(hash_address(address, key), "guess", key), CODE_GUESSES)
