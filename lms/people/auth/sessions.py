"""Sign-ins as rows: a random token in the cookie, its hash in the table, revocable, sliding expiry."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Grant
from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.people.auth.models import Account, UserSession
from lms.people.directory.models import CALENDAR, Person, RoleGrant
from lms.people.directory.names import tidy_name
from lms.people.notices.notifying import UNREAD
from lms.platform.db import forget_rows, table_of

TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who stands behind a token: the actor, and what the edge must insist on first."""

    actor: Actor
    timezone: str
    must_change_password: bool
    has_second_factor: bool
    last_seen_at: datetime
    since: datetime
    unread: int = 0
    """Notices that were not read, up to 100."""


def open_session(
    session: Session,
    *,
    person_id: int,
    device: str,
    address_hash: str,
    now: datetime,
    lasting: timedelta,
    password_hash: str | None = None,
) -> str | None:
    """Open a sign-in that ends ``lasting`` after it was last used; the token for the cookie.

    With ``password_hash`` only while the account is open and has this very one, else None: whoever changes
    a password ends every sign-in, and waits for this row or is waited for.
    """
    token = secrets.token_urlsafe(32)
    values = {
        "person_id": person_id,
        "token_hash": token_hash(token),
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + lasting,
        "device": device[:80],
        "address_hash": address_hash,
    }
    if password_hash is None:
        session.execute(_OPEN, values)
        return token
    opened = session.execute(_OPEN_WITH, values | {"password_hash": password_hash}).first()
    return token if opened else None


def load_signed_in(connection: Connection, token: str, now: datetime) -> SignedIn | None:
    """Who is signed in with ``token``, or None when it is unknown, expired or revoked.

    One prebuilt statement: this runs on every request.
    """
    rows = connection.execute(
        _LOAD, {"token_hash": token_hash(token), "now": now, "today": now.astimezone(CALENDAR).date()}
    ).all()
    if not rows:
        return None
    first = rows[0]
    return SignedIn(
        actor=Actor(
            first.person_id, tidy_name(first.full_name), first.locale, _grants(rows), first.session_id
        ),
        timezone=first.timezone,
        must_change_password=first.must_change_password,
        has_second_factor=first.totp_confirmed_at is not None,
        last_seen_at=first.last_seen_at,
        since=first.created_at,
        unread=first.unread,
    )


def actor_of(session: Session, person_id: int, now: datetime) -> Actor:
    """A person as an actor without a sign-in (``session_id`` 0), for the command line and seeds."""
    rows = session.execute(_ACTOR, {"person_id": person_id, "today": now.astimezone(CALENDAR).date()}).all()
    if not rows:
        raise NotFound(message("Orang ini tidak ditemukan."))
    return Actor(person_id, tidy_name(rows[0].full_name), rows[0].locale, _grants(rows), 0)


def touch(session: Session, *, session_id: int, now: datetime, until: datetime) -> None:
    """Say that a sign-in was used, and let it live on ``until``. Called at most every ``TOUCH_EVERY``."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now, expires_at=until)
    )


def list_sessions(session: Session, person_id: int, now: datetime) -> list[UserSession]:
    """The person's open sign-ins, the last used first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(
                UserSession.person_id == person_id,
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > now,
            )
            .order_by(UserSession.last_seen_at.desc())
            .limit(50)
        )
    )


def revoke(session: Session, *, session_id: int, person_id: int, now: datetime) -> None:
    """End one sign-in of ``person_id``; raises NotFound when it is not theirs."""
    done = session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.person_id == person_id)
        .values(revoked_at=now)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(message("Perangkat ini tidak ditemukan."))


def revoke_all(session: Session, *, person_id: int, now: datetime, but: int = 0) -> None:
    """End every sign-in of ``person_id`` except the session ``but``."""
    session.execute(
        update(UserSession)
        .where(UserSession.person_id == person_id, UserSession.id != but, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def prune(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` sign-ins that ended before ``before``; how many."""
    return forget_rows(session, table_of(UserSession), UserSession.expires_at < before, limit)


def device_name(user_agent: str) -> str:
    """A device by the names that its owner knows, in no language: "Chrome · Android"; empty when unknown."""
    known = (
        next((name for sign, name in signs if sign in user_agent), "") for signs in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(filter(None, known))


def token_hash(token: str) -> str:
    """What the table holds instead of ``token``."""
    return hashlib.sha256(token.encode()).hexdigest()


_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)

_GRANT_IS_VALID = and_(
    RoleGrant.person_id == Person.id,
    RoleGrant.valid_from <= bindparam("today"),
    or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= bindparam("today")),
)
_GRANT = (RoleGrant.role, RoleGrant.agency_id, RoleGrant.school_id, RoleGrant.programme_id)
_LOAD = (
    select(
        UserSession.id.label("session_id"),
        UserSession.last_seen_at,
        UserSession.created_at,
        Person.id.label("person_id"),
        Person.full_name,
        Person.locale,
        Person.timezone,
        Account.must_change_password,
        Account.totp_confirmed_at,
        UNREAD.label("unread"),
        *_GRANT,
    )
    .join(Person, Person.id == UserSession.person_id)
    .join(Account, Account.person_id == Person.id)
    .outerjoin(RoleGrant, _GRANT_IS_VALID)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > bindparam("now"),
        Account.closed_at.is_(None),
    )
    .order_by(RoleGrant.id)
)
_OPEN = insert(table_of(UserSession))
_OPENED = ("person_id", "token_hash", "created_at", "last_seen_at", "expires_at", "device", "address_hash")
_OPEN_WITH = _OPEN.from_select(
    _OPENED,
    select(*(bindparam(name, type_=table_of(UserSession).c[name].type) for name in _OPENED))
    .where(
        Account.person_id == bindparam("person_id"),
        Account.password_hash == bindparam("password_hash"),
        Account.closed_at.is_(None),
    )
    .with_for_update(),
).returning(table_of(UserSession).c.id)
HAS_COME_FROM = exists().where(
    UserSession.person_id == Account.person_id, UserSession.address_hash == bindparam("address")
)
"""Whether the person of an account has signed in from ``address``, a hash: a column for a query of Account."""
_ACTOR = (
    select(Person.full_name, Person.locale, *_GRANT)
    .outerjoin(RoleGrant, _GRANT_IS_VALID)
    .where(Person.id == bindparam("person_id"))
    .order_by(RoleGrant.id)
)


def _grants(rows: Sequence[Any]) -> tuple[Grant, ...]:
    return tuple(
        Grant(row.role, row.agency_id, row.school_id, row.programme_id)
        for row in rows
        if row.role is not None
    )
