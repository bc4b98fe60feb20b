"""Accounts that a school runs: passwords, one-time codes, sign-in cards, closing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.contract.actors import Actor
from lms.contract.errors import Invalid, NotFound
from lms.contract.normalise import clean_text
from lms.contract.text import message
from lms.people.auth import sessions
from lms.people.auth.hashing import hash_password
from lms.people.auth.models import Account
from lms.people.auth.passwords import new_seed, one_time_code, password_fault
from lms.people.auth.usernames import add_account, free_username
from lms.people.directory.models import Person
from lms.people.directory.persons import get_person
from lms.people.notices import mail_choice
from lms.platform import audit
from lms.platform.long_lists import among

ONE_TIME_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OneTime:
    """A one-time code, ready to be stored: made outside the write transaction, hashing is slow."""

    seed: str
    password_hash: str


def new_one_time(key: str) -> OneTime:
    """Make a one-time code; ``key`` is the installation's secret key. Takes 35 ms."""
    seed = new_seed(key)
    return OneTime(seed, hash_password(one_time_code(seed, key)))


def get_account(session: Session, person_id: int) -> Account:
    """The person's account; raises NotFound."""
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        raise NotFound(message("Akun ini tidak ditemukan."))
    return account


def person_by_username(session: Session, username: str) -> Person:
    """The person with this username; raises NotFound."""
    typed = clean_text(username).lower()
    person_id = session.scalar(select(Account.person_id).where(Account.username == typed))
    return get_person(session, person_id or 0)


def held_account(session: Session, person_id: int) -> Account:
    """The person's account, locked until the end of the transaction: it changes once at a time; raises NotFound."""
    query = select(Account).where(Account.person_id == person_id).with_for_update()
    account = session.scalar(query.execution_options(populate_existing=True))
    return account or get_account(session, person_id)


def open_account(
    session: Session, *, person_id: int, username: str, one_time: OneTime, now: datetime
) -> Account:
    """Give a person an account that is entered with a one-time code; raises Invalid."""
    return add_account(
        session,
        person_id=person_id,
        username=username,
        password_hash=one_time.password_hash,
        must_change_password=True,
        one_time_seed=one_time.seed,
        one_time_until=now + ONE_TIME_LASTS,
        now=now,
    )


def reset_password(
    session: Session, *, person_id: int, one_time: OneTime, actor: Actor | None, now: datetime
) -> None:
    """Replace another person's password by a one-time code; ends every sign-in of theirs."""
    if actor is not None and actor.person_id == person_id:
        raise Invalid(message("Kata sandi sendiri diganti lewat Data saya. Belum ada yang diubah."))
    account = held_account(session, person_id)
    account.password_hash = one_time.password_hash
    account.one_time_seed = one_time.seed
    account.one_time_until = now + ONE_TIME_LASTS
    account.must_change_password = True
    account.password_changed_at = now
    sessions.revoke_all(session, person_id=person_id, now=now)
    audit.record(
        session,
        actor_id=actor.person_id if actor else None,
        action="people.reset_password",
        subject=("account", account.id),
        concerns=person_id,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Card:
    """A sign-in card: the person, and the code that is still to be used."""

    person_id: int
    name: str
    username: str
    code: str
    until: datetime
    seed: str


def cards(session: Session, person_ids: Iterable[int], *, key: str, now: datetime) -> list[Card]:
    """Cards of those among ``person_ids`` whose code is still to be used, by name."""
    wanted = (
        select(Account)
        .where(
            among(Account.person_id, set(person_ids)),
            Account.one_time_until > now,
            Account.closed_at.is_(None),
        )
        .options(joinedload(Account.person))
    )
    found = [
        Card(
            account.person_id,
            account.person.display_name,
            account.username,
            one_time_code(account.one_time_seed, key),
            account.one_time_until,
            account.one_time_seed,
        )
        for account in session.scalars(wanted)
        if account.one_time_until is not None
    ]
    return sorted((card for card in found if card.code), key=lambda card: card.name.lower())


def check_new_password(password: str, again: str, username: str) -> None:
    """Raise Invalid unless ``password`` may be used and was typed the same twice."""
    fault = password_fault(password, username)
    if fault:
        raise Invalid.at("password", fault)
    if password != again:
        text = message("Kedua isian kata sandi belum sama.")
        raise Invalid.at("again", text)


def set_password(
    session: Session, *, person_id: int, password_hash: str, actor: Actor, now: datetime
) -> None:
    """Store a person's own new password; ends every other sign-in of theirs."""
    account = held_account(session, person_id)
    account.password_hash = password_hash
    account.must_change_password = False
    account.one_time_seed, account.one_time_until = "", None
    account.password_changed_at = now
    sessions.revoke_all(session, person_id=person_id, now=now, but=actor.session_id)
    audit.record(
        session,
        actor_id=actor.person_id,
        action="people.set_password",
        subject=("account", account.id),
        concerns=person_id,
        now=now,
    )


def change_username(session: Session, *, person_id: int, username: str, actor: Actor, now: datetime) -> None:
    """Give an account another username; raises Invalid when it is unusable or taken."""
    account = held_account(session, person_id)
    wanted = free_username(session, username, mine=person_id)
    if wanted == account.username:
        return
    account.username = wanted
    audit.record(
        session,
        actor_id=actor.person_id,
        action="people.change_username",
        subject=("account", account.id),
        concerns=person_id,
        now=now,
        after={"fields": ["username"]},
    )


def close_account(session: Session, *, person_id: int, actor: Actor, now: datetime) -> None:
    """Close an account, end its sign-ins and its letters; its work stays. Closing twice is closing once."""
    if person_id == actor.person_id:
        raise Invalid(message("Akun sendiri tidak dapat ditutup dari sini."))
    account = held_account(session, person_id)
    if account.closed_at is None:
        account.closed_at = now
        sessions.revoke_all(session, person_id=person_id, now=now)
        mail_choice.stop(session, person_id)
        _record_state(session, account, actor, now, "people.close_account")


def reopen_account(session: Session, *, person_id: int, actor: Actor, now: datetime) -> None:
    """Open a closed account again."""
    account = held_account(session, person_id)
    if account.closed_at is not None:
        account.closed_at = None
        _record_state(session, account, actor, now, "people.reopen_account")


def _record_state(session: Session, account: Account, actor: Actor, now: datetime, action: str) -> None:
    audit.record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=("account", account.id),
        concerns=account.person_id,
        now=now,
    )
