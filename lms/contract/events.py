"""Facts: what happened, said once, in the transaction that made it true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of fact, named ``<domain>.<what happened>.v<version>``."""

    name: str
    doc: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. ``payload`` holds JSON values only: ids, not objects."""

    type: str
    occurred_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventHandler:
    """A reaction to a fact, called at least once, each time in a transaction of its own.

    ``handle(session, fact, now)`` must be idempotent and quick. ``now`` is aware UTC. What takes long (files, PDFs, other
    machines) is done by ``prepare(session, fact, now)``, before the transaction, with a session that only reads; it
    gives its connection back (``session.rollback()``) before it begins. What it returns is the fourth argument of
    ``handle``. Two workers may prepare the same fact at once: only one of them handles it.
    """

    name: str
    event_type: str
    handle: "Callable[..., None]"
    prepare: "Callable[[Session, Fact, datetime], Any] | None" = None


@dataclass(frozen=True, slots=True)
class Task:
    """Background work, run by the worker in a transaction of its own every ``every_seconds``.

    ``run(session, now)`` must be idempotent. With ``own_transactions`` it takes long: it opens ``write()`` itself, for
    each small part of its work, one worker does it at a time, and after a kill another one begins within the hour.
    """

    name: str
    run: "Callable[[Session, datetime], None]"
    every_seconds: int
    doc: str
    own_transactions: bool = False
