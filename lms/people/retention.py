"""How long sign-ins, tries and one-time codes stay."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.people.auth import sessions, throttle
from lms.people.auth.models import Account
from lms.people.notices import notifying
from lms.platform.retention import Retention


def _codes(session: Session, before: datetime, limit: int) -> int:
    """Of a code that was never used the seed goes: the card cannot be printed again, the account stays."""
    old = select(Account.id).where(Account.one_time_until < before, Account.one_time_seed != "").limit(limit)
    done = session.execute(update(Account).where(Account.id.in_(old)).values(one_time_seed=""))
    return done.rowcount  # type: ignore[attr-defined,no-any-return]


RETENTION = (
    Retention(
        "Sign-ins after their end: device, time, hashed address",
        "keep_sign_ins_days",
        "Whoever comes from an address that she has used is known there, and not slowed down by guessers",
        sessions.prune,
    ),
    Retention(
        "Wrong tries to sign in and guessed codes: hashed addresses and accounts",
        2,
        "They slow guessers down for a day at most",
        throttle.prune,
    ),
    Retention(
        "Notices, read or not",
        180,
        "What they were about is over; the work itself stays",
        notifying.forget_old,
    ),
    Retention(
        "Seeds of one-time codes that were never used, after the code ended",
        30,
        "A card that ended is made anew; until then it is said that it ended",
        _codes,
    ),
)
