"""Guesses are counted before they are checked, per account, per address and per known device.

Counting first means that a thousand parallel guesses cannot all slip in while the first is still
being hashed. The owner is never shut out by others: a device or an address that has already been
in has a count of its own, and a sign-in card makes a new device a known one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.people.auth.models import SignInFailure
from lms.people.auth.rules import Backoff, Tries, next_try
from lms.platform.db import forget_rows, table_of


@dataclass(frozen=True, slots=True)
class Counter:
    """What a try is counted against. ``key_hash`` is a keyed hash, so no address is stored."""

    kind: str
    key_hash: str
    backoff: Backoff


def claim(session: Session, counters: Sequence[Counter], now: datetime) -> datetime | None:
    """Count one try against every counter; None when it may be checked.

    When one of them says that it is too early, nothing is counted and the time from which a try
    is possible is returned.
    """
    fresh: list[Counter] = []
    wanted: list[tuple[Counter, Tries]] = []
    for counter in counters:
        known = _known(session, counter, now)
        if known is None:
            fresh.append(counter)
            continue
        after = next_try(known, counter.backoff, now)
        if after is None:
            for other in fresh:
                forgive(session, other)
            return known.free_at
        wanted.append((counter, after))
    for counter, after in wanted:
        session.execute(
            _UPDATE,
            {
                "b_kind": counter.kind,
                "b_key": counter.key_hash,
                "count": after.count,
                "last_at": after.last_at,
                "free_at": after.free_at,
            },
        )
    return None


def tries(session: Session, counter: Counter) -> Tries | None:
    """What a counter knows; None when nothing was counted. Reads only."""
    row = session.execute(
        select(SignInFailure.count, SignInFailure.last_at, SignInFailure.free_at).where(
            SignInFailure.kind == counter.kind, SignInFailure.key_hash == counter.key_hash
        )
    ).first()
    return None if row is None else Tries(*row)


def forgive(session: Session, counter: Counter) -> None:
    """Forget a counter's tries: the right person has come."""
    session.execute(_FORGIVE, {"b_kind": counter.kind, "b_key": counter.key_hash})


def take_back(session: Session, counter: Counter) -> None:
    """Uncount one try that turned out right; the wrong ones of the same address remain."""
    session.execute(_TAKE_BACK, {"b_kind": counter.kind, "b_key": counter.key_hash})


def prune(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` runs of tries that ended before ``before``; how many."""
    return forget_rows(session, _TABLE, _TABLE.c.last_at < before, limit)


_TABLE = table_of(SignInFailure)
_FIND = (
    select(_TABLE.c.count, _TABLE.c.last_at, _TABLE.c.free_at)
    .where(_TABLE.c.kind == bindparam("kind"), _TABLE.c.key_hash == bindparam("key_hash"))
    .with_for_update()
)
_INSERT = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id),
}
_THIS = (_TABLE.c.kind == bindparam("b_kind"), _TABLE.c.key_hash == bindparam("b_key"))
_FORGIVE = delete(_TABLE).where(*_THIS)
_TAKE_BACK = (
    update(_TABLE)
    .where(*_THIS, _TABLE.c.count > 0)
    .values(count=_TABLE.c.count - 1, free_at=_TABLE.c.last_at)
)
_UPDATE = (
    update(_TABLE)
    .where(*_THIS)
    .values(count=bindparam("count"), last_at=bindparam("last_at"), free_at=bindparam("free_at"))
)


def _known(session: Session, counter: Counter, now: datetime) -> Tries | None:
    """What is known of a counter, kept from others until the commit; None when this try was noted as its first."""
    key = {"kind": counter.kind, "key_hash": counter.key_hash}
    first = next_try(None, counter.backoff, now)
    assert first is not None
    row = {**key, "count": first.count, "last_at": first.last_at, "free_at": first.free_at}
    while session.execute(_INSERT[session.get_bind().dialect.name], row).first() is None:
        known = session.execute(_FIND, key).first()
        if known is not None:  # else it was forgiven between the two statements
            return Tries(*known)
    return None
