"""Facts: what happened, said once, in the transaction that made it true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lms.contract.text import Text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event, named ``<domain>.<what happened>.v<version>``, a plugin's ``<plugin>.<what happened>.v<version>``.

    A payload that changes its meaning is a new version. ``doc`` says when it happens and what the payload holds.
    """

    name: str
    doc: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One event: its ``type`` (a name), when it happened (aware UTC), and a ``payload`` of JSON values: ids, not objects."""

    type: str
    occurred_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventHandler:
    """A reaction to an event, called at least once, each time in a transaction of its own.

    ``name`` is unique; an installation remembers by it what was delivered. ``handle(session, fact, now)`` must be idempotent
    and quick; what it raises rolls its transaction back and is tried again, five times in all. ``now`` is aware UTC.
    What takes long (files, PDFs, other machines) is done by ``prepare(session, fact, now)``, before the transaction, with a
    session that only reads; it gives its connection back (``session.rollback()``) before it begins. What it returns is
    the fourth argument of ``handle``. Two workers may prepare the same event at once: only one of them handles it.
    """

    name: str
    event_type: str
    handle: "Callable[..., None]"
    prepare: "Callable[[Session, Fact, datetime], Any] | None" = None


@dataclass(frozen=True, slots=True)
class Task:
    """Background work, run by the worker in a transaction of its own every ``every_seconds``.

    ``run(session, now)`` must be idempotent; ``now`` is aware UTC; ``doc`` says what it does, for the one who runs the server. With ``own_transactions`` it takes long: it opens ``write()`` itself, for
    each small part of its work, one worker does it at a time, and after a kill another one begins within the hour.
    ``title`` is what the admin reads, who may have it run at once; None shows the name.
    """

    name: str
    run: "Callable[[Session, datetime], None]"
    every_seconds: int
    doc: str
    own_transactions: bool = False
    title: Text | None = None
