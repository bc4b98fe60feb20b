"""Usernames, and the account that carries one."""

from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.normalise import clean_text
from lms.contract.text import message
from lms.people.auth.models import Account
from lms.people.directory.names import username_suggestions
from lms.people.directory.person_validation import SOME_FAULTS, username_fault


def add_account(
    session: Session,
    *,
    person_id: int,
    username: str,
    password_hash: str,
    must_change_password: bool,
    one_time_seed: str = "",
    one_time_until: datetime | None = None,
    now: datetime,
) -> Account:
    """Give a person an account; raises Invalid when the username is unusable or taken."""
    account = Account(
        person_id=person_id,
        username=free_username(session, username),
        password_hash=password_hash,
        must_change_password=must_change_password,
        password_changed_at=now,
        one_time_seed=one_time_seed,
        one_time_until=one_time_until,
    )
    session.add(account)
    session.flush()
    return account


def free_username(session: Session, username: str, *, mine: int = 0) -> str:
    """``username`` as it is stored; raises Invalid when it is unusable or another person's."""
    cleaned = clean_text(username).lower()
    fault = username_fault(cleaned)
    if fault is None and session.scalar(
        select(Account.id).where(Account.username == cleaned, Account.person_id != mine)
    ):
        fault = message("Nama pengguna ini sudah dipakai. Coba yang lain.")
    if fault:
        raise Invalid(SOME_FAULTS, fields={"username": fault})
    return cleaned


def suggest_username(session: Session, full_name: str) -> str:
    """The nicest username for a name that nobody has yet."""
    stem = next(username_suggestions(full_name))
    taken = set(session.scalars(select(Account.username).where(Account.username.startswith(stem))))
    return next(name for name in islice(username_suggestions(full_name), 100_000) if name not in taken)
