"""Facts go into the same transaction as the change; the worker carries them to their handlers.

The database is the truth, the broker only a wake-up. One delivery row
per (fact, handler), so that a failing handler retries alone and is parked after ``MAX_TRIES``.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.contract.characters import storable
from lms.contract.events import EventHandler, Fact
from lms.contract.times import SKEW
from lms.platform.application import platform
from lms.platform.db import BIG, Base, db, enum_type, table_of
from lms.platform.disk import NoRoom
from lms.platform.io_errors import is_full
from lms.platform.logs import request_id
from lms.platform.long_lists import among
from lms.platform.transaction import after_commit, write

log = logging.getLogger(__name__)

MAX_TRIES = 5
LONGEST_WAIT = timedelta(seconds=2**MAX_TRIES)
"""Between two tries; a delivery that seems to wait for longer was left behind while a clock was ahead: it is due."""
BATCH = 100


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class OutboxFact(Base):
    """A fact as it was emitted."""

    __tablename__ = "outbox_fact"
    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    request: Mapped[str] = mapped_column(String(16), server_default="")
    """The request from which it came, for the logs; empty when none did."""


class OutboxDelivery(Base):
    """A fact on its way to one handler."""

    __tablename__ = "outbox_delivery"
    __table_args__ = (Index("ix_outbox_delivery_state_next_try_at", "state", "next_try_at"),)
    fact_id: Mapped[int] = mapped_column(ForeignKey("outbox_fact.id"), primary_key=True)
    handler: Mapped[str] = mapped_column(String(120), primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(enum_type(DeliveryState))
    tries: Mapped[int]
    next_try_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: ``oldest_at`` is when the oldest pending fact happened."""

    pending: int
    oldest_at: datetime | None
    parked: int


class Outbox:
    """Knows who listens, and how to wake the worker. One per application."""

    def __init__(self, handlers: tuple[EventHandler, ...], wake: Callable[[], None]) -> None:
        self.wake = wake
        self.by_name: Mapping[str, EventHandler] = {handler.name: handler for handler in handlers}
        listeners: dict[str, tuple[str, ...]] = {}
        for handler in handlers:
            listeners[handler.event_type] = (*listeners.get(handler.event_type, ()), handler.name)
        self.listeners: Mapping[str, tuple[str, ...]] = listeners


def emit(session: Session, fact: Fact) -> None:
    """Store ``fact`` in the transaction of ``session``; its handlers are called after the commit, by the worker."""
    outbox = platform().outbox
    fact_id = session.scalars(
        _INSERT_FACT,
        {
            "type": fact.type,
            "payload": dict(fact.payload),
            "occurred_at": fact.occurred_at,
            "request": request_id.get(),
        },
    ).one()
    rows = [
        {
            "fact_id": fact_id,
            "handler": name,
            "state": DeliveryState.PENDING,
            "tries": 0,
            "next_try_at": fact.occurred_at,
            "error": "",
        }
        for name in outbox.listeners.get(fact.type, ())
    ]
    if rows:
        session.execute(_INSERT_DELIVERY, rows)
        after_commit(session, "outbox", outbox.wake)


def drain(now: Callable[[], datetime]) -> int:
    """Deliver all that is due, each in a transaction of its own; the number delivered.

    Safe in any number of workers at once: each passes by what another one has in hand, and stops when
    nothing else is left.
    """
    delivered = 0
    while due := _due(now()):
        outcomes = [_deliver(fact_id, handler, now()) for fact_id, handler in due]
        delivered += outcomes.count(True)
        if len(due) < BATCH and all(outcome is None for outcome in outcomes):
            break
    return delivered


def backlog(session: Session) -> Backlog:
    """What waits and what is parked."""
    pending, oldest = session.execute(
        select(func.count(), func.min(OutboxFact.occurred_at))
        .select_from(OutboxDelivery)
        .join(OutboxFact, OutboxFact.id == OutboxDelivery.fact_id)
        .where(OutboxDelivery.state == DeliveryState.PENDING)
    ).one()
    parked = session.scalar(select(func.count()).where(OutboxDelivery.state == DeliveryState.PARKED))
    return Backlog(pending=pending, oldest_at=oldest, parked=parked or 0)


def parked(session: Session, limit: int = 20, *, handler: str = "") -> list[OutboxDelivery]:
    """Deliveries that failed ``MAX_TRIES`` times, newest first; with ``handler`` those to it."""
    query = select(OutboxDelivery).where(OutboxDelivery.state == DeliveryState.PARKED)
    if handler:
        query = query.where(OutboxDelivery.handler == handler)
    return list(session.scalars(query.order_by(OutboxDelivery.fact_id.desc()).limit(limit)))


def retry(session: Session, *, fact_id: int, handler: str, now: datetime) -> None:
    """Put a parked delivery back into the queue."""
    session.execute(
        update(OutboxDelivery)
        .where(
            OutboxDelivery.fact_id == fact_id,
            OutboxDelivery.handler == handler,
            OutboxDelivery.state == DeliveryState.PARKED,
        )
        .values(state=DeliveryState.PENDING, tries=0, next_try_at=now)
    )
    after_commit(session, "outbox", platform().outbox.wake)


def retry_parked(session: Session, *, handler: str, now: datetime) -> int:
    """Put everything that ``handler`` has given up back into the queue; how many."""
    wanted = (_DELIVERY.c.handler == handler, _DELIVERY.c.state == DeliveryState.PARKED)
    values = {"state": DeliveryState.PENDING, "tries": 0, "next_try_at": now}
    found = len(
        session.execute(update(_DELIVERY).where(*wanted).values(values).returning(_DELIVERY.c.fact_id)).all()
    )
    if found:
        after_commit(session, "outbox", platform().outbox.wake)
    return found


def prune(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` facts from before ``before`` that every handler has taken; how many."""
    old = list(
        session.scalars(
            select(OutboxFact.id)
            .where(
                OutboxFact.occurred_at < before,
                ~select(OutboxDelivery.fact_id)
                .where(
                    OutboxDelivery.fact_id == OutboxFact.id,
                    OutboxDelivery.state != DeliveryState.DONE,
                )
                .exists(),
            )
            .limit(limit)
        )
    )
    if old:
        session.execute(OutboxDelivery.__table__.delete().where(among(OutboxDelivery.fact_id, old)))  # type: ignore[attr-defined]
        session.execute(OutboxFact.__table__.delete().where(among(OutboxFact.id, old)))  # type: ignore[attr-defined]
    return len(old)


_FACT, _DELIVERY = table_of(OutboxFact), table_of(OutboxDelivery)
_INSERT_FACT = insert(_FACT).returning(_FACT.c.id)
_INSERT_DELIVERY = insert(_DELIVERY)
_DUE = (
    select(_DELIVERY.c.fact_id, _DELIVERY.c.handler)
    .where(
        _DELIVERY.c.state == DeliveryState.PENDING,
        or_(_DELIVERY.c.next_try_at <= bindparam("now"), _DELIVERY.c.next_try_at > bindparam("far")),
    )
    .order_by(_DELIVERY.c.fact_id)
    .limit(BATCH)
)
_KEY = (_DELIVERY.c.fact_id == bindparam("fact"), _DELIVERY.c.handler == bindparam("name"))
_WAITING = (
    select(_FACT.c.type, _FACT.c.occurred_at, _FACT.c.payload, _FACT.c.request)
    .join(_DELIVERY, _DELIVERY.c.fact_id == _FACT.c.id)
    .where(*_KEY, _DELIVERY.c.state == DeliveryState.PENDING)
)
_CLAIM = _WAITING.with_for_update(of=_DELIVERY, skip_locked=True)
_DONE = (
    update(_DELIVERY)
    .where(*_KEY)
    .values(state=DeliveryState.DONE, done_at=bindparam("now"), tries=_DELIVERY.c.tries + 1)
)


def _due(now: datetime) -> list[tuple[int, str]]:
    session = db.session()
    rows = session.execute(_DUE, {"now": now, "far": now + LONGEST_WAIT + SKEW}).all()
    session.rollback()
    return [(row.fact_id, row.handler) for row in rows]


def _deliver(fact_id: int, name: str, now: datetime) -> bool | None:
    """Whether the handler took the fact; None when another worker has it, or had it meanwhile."""
    handler = platform().outbox.by_name.get(name)
    of_worker = request_id.get()
    try:
        prepared = _prepared(handler, fact_id, name, now) if handler and handler.prepare else ()
        if prepared is None:
            return None
        with write() as session:
            fact = session.execute(_CLAIM, {"fact": fact_id, "name": name}).one_or_none()
            if fact is None:
                return None
            session.execute(_DONE, {"fact": fact_id, "name": name, "now": now})
            request_id.set(fact.request)  # one thread through the logs, from the page to what it led to
            if handler is None:  # its plugin is gone; keep the row for the day it comes back
                raise LookupError(f"no handler {name}")
            handler.handle(session, Fact(fact.type, fact.occurred_at, fact.payload), now, *prepared)
            after_commit(session, "outbox", noop_wake)
        log.info("handler %s took fact %s", name, fact_id)
    except Exception as error:
        log.exception("handler %s failed on fact %s", name, fact_id)
        _put_back(fact_id, name, now, error)
        return False
    finally:
        request_id.set(of_worker)
    return True


def _prepared(handler: EventHandler, fact_id: int, name: str, now: datetime) -> tuple[Any] | None:
    """What the handler has made before its transaction; None when another worker has delivered the fact meanwhile."""
    assert handler.prepare
    session = db.session()
    fact = session.execute(_WAITING, {"fact": fact_id, "name": name}).one_or_none()
    session.rollback()
    if fact is None:
        return None
    request_id.set(fact.request)
    try:
        return (handler.prepare(session, Fact(fact.type, fact.occurred_at, fact.payload), now),)
    finally:
        session.rollback()


def noop_wake() -> None:
    """In place of waking a worker: the one that drains finds what its handlers left behind."""


def _put_back(fact_id: int, name: str, now: datetime, error: Exception) -> None:
    with write() as session:
        row = session.get_one(OutboxDelivery, (fact_id, name))
        if row.state != DeliveryState.PENDING:
            return
        waits_for_room = is_full(error) or isinstance(error, NoRoom)  # no fault of the handler's
        row.tries += 0 if waits_for_room else 1
        row.error = storable(f"{type(error).__name__}: {error}", 2000)
        row.next_try_at = now + (LONGEST_WAIT if waits_for_room else timedelta(seconds=2**row.tries))
        if row.tries >= MAX_TRIES:
            row.state = DeliveryState.PARKED
