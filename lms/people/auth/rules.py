"""Pure rules of signing in: how long a guesser waits, which second-factor code counts, where to go next."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pyotp

from lms.contract.times import is_ahead, is_recent

TOTP_SECONDS = 30
TOTP_DRIFT_STEPS = 1
"""A phone's clock may be half a minute off."""
TOTP_FAR_STEPS = 10
"""A used step so far ahead (five minutes) was accepted while the server's clock was wrong."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How a run of failures slows down the next try.

    The first ``free`` tries cost nothing; then the wait doubles from ``first`` up to ``most``.
    After ``forget`` without a try the count starts anew.
    """

    free: int
    first: timedelta
    most: timedelta
    forget: timedelta

    def wait(self, tries: int) -> timedelta:
        """How long to wait after the try number ``tries`` (from 1)."""
        if tries < self.free:
            return timedelta(0)
        doublings: int = min(tries - self.free, 30)
        return min(self.first * (1 << doublings), self.most)


ACCOUNT = Backoff(5, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24))
"""Guesses at one account from anywhere: 5 at once, then at most 9 in the first half hour. The same from an address
where its owner has been, and for a name that nobody has: how often one may try tells nothing."""
TRUSTED = Backoff(10, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=6))
"""Tries on a device that has already been in: its owner is never shut out by others."""
ADDRESS = Backoff(100, timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=1))
"""Tries from one address, at all accounts together. Generous: a hall of teachers who press at the same moment, or a
village's carrier, shares one, and what a sprayer would try first nobody can have as a password. Right ones do not count."""
CODE_GUESSES = Backoff(20, timedelta(seconds=30), timedelta(minutes=10), timedelta(hours=2))
"""Unknown certificate codes from one address: a slip of the finger costs nothing."""
SECOND_FACTOR = Backoff(5, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class Tries:
    """What is known about a key's tries: how many in a row, the last one, when the next may be."""

    count: int
    last_at: datetime
    free_at: datetime

    def hold(self, now: datetime) -> bool:
        """Whether a try at ``now`` comes too early.

        Without a wait it never does: of people who sign in at the same moment from one address, the
        one whose turn comes second may have looked at the clock first. Nor does it after a try that
        seems to lie in the future: the clock was ahead then, and nobody waits for a day because of it.
        """
        return self.free_at > self.last_at and now < self.free_at and not is_ahead(self.last_at, now)


def next_try(known: Tries | None, backoff: Backoff, now: datetime) -> Tries | None:
    """The state after one more try at ``now``; None when it comes too early and is not checked."""
    if known is None or not is_recent(known.last_at, now, backoff.forget):
        return Tries(1, now, now + backoff.wait(1))
    if known.hold(now):
        return None
    count, at = known.count + 1, max(now, known.last_at)
    return Tries(count, at, at + backoff.wait(count))


def accepted_step(secret: str, code: str, at: datetime, last_step: int) -> int | None:
    """The time step for which ``code`` is right, None when it is wrong or was used before.

    A ``last_step`` in the future, from a clock that was ahead, refuses nothing: else nobody with a second
    factor could come in until that time. ``at`` is real time, not a demonstration's clock: the phone knows no other.
    """
    digits = code.strip().replace(" ", "")
    current = int(at.timestamp()) // TOTP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    used = last_step if last_step <= current + TOTP_FAR_STEPS else 0
    for step in range(current - TOTP_DRIFT_STEPS, current + TOTP_DRIFT_STEPS + 1):
        right = totp.at(datetime.fromtimestamp(step * TOTP_SECONDS, UTC))
        if hmac.compare_digest(right.encode(), digits.encode()) and step > used:
            found = step
    return found


def safe_next(target: str | None, default: str = "/") -> str:
    """``target`` when it is a path of this site, else ``default``; never another host."""
    if not target or len(target) > 2000:
        return default
    plain = unquote(target)
    if (
        not target.startswith("/")
        or plain.startswith("//")
        or "\\" in plain
        or any(ord(char) < 33 or ord(char) == 127 for char in target)
        or any(ord(char) < 32 for char in plain)
    ):
        return default
    # a path of this site by now: no scheme, no host; but never round in circles
    return default if target.startswith(("/masuk", "/keluar")) else target
