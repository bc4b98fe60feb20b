"""The second factor of agency staff: time-based codes, each once, and recovery codes, each once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from lms.contract.actors import AGENCY_ROLES, Actor
from lms.contract.errors import Conflict, Invalid
from lms.contract.text import message
from lms.people.auth.accounts import get_account, held_account
from lms.people.auth.models import Account, RecoveryCode
from lms.people.auth.passwords import as_typed, keyed_hash
from lms.people.auth.rules import TOTP_FAR_STEPS, accepted_step
from lms.people.auth.secret_encryption import is_sealed, opened, seal
from lms.platform import audit

RECOVERY_CODES = 8
ISSUER = "Imbas"
WRONG_CODE = message(
    "Kode ini belum cocok atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu coba lagi."
)
UNREADABLE = message(
    "Kode dari aplikasi sedang tidak dapat diperiksa. Ini bukan kesalahan Bapak/Ibu, dan pekerjaan tetap aman. "
    "Mintalah kode masuk baru kepada admin."
)
"""The installation's key was changed or lost; ``lms doctor`` tells the operator."""


@dataclass(frozen=True, slots=True)
class TotpSetup:
    """What a person copies into the app and onto paper before the factor counts."""

    secret: str
    recovery: tuple[str, ...]


def new_totp_setup() -> TotpSetup:
    """A fresh secret and recovery codes; nothing is stored yet."""
    codes = tuple(f"{secrets.token_hex(3)} {secrets.token_hex(3)}" for _ in range(RECOVERY_CODES))
    return TotpSetup(pyotp.random_base32(), codes)


def provisioning_uri(secret: str, username: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def confirm(
    session: Session,
    *,
    actor: Actor,
    setup: TotpSetup,
    code: str,
    key: str,
    now: datetime,
    real_now: datetime,
) -> None:
    """Turn the factor on with a first right code; raises Invalid. ``real_now`` is the wall clock."""
    step = accepted_step(setup.secret, code, real_now, 0)
    if step is None:
        raise Invalid.at("code", WRONG_CODE)
    account = held_account(session, actor.person_id)
    if account.totp_confirmed_at is not None:  # else whoever finds an open browser makes it theirs
        raise Conflict(
            message(
                "Kode masuk sudah aktif. Tidak ada yang diubah. Matikan dulu dengan kode dari ponsel lama."
            )
        )
    account.totp_secret = seal(setup.secret, key)
    account.totp_confirmed_at = now
    account.totp_last_step = step
    session.add_all(
        RecoveryCode(account_id=account.id, code_hash=_hash(code, actor.person_id, key))
        for code in setup.recovery
    )
    audit.record(
        session,
        actor_id=actor.person_id,
        action="people.second_factor_on",
        subject=("account", account.id),
        concerns=actor.person_id,
        now=now,
    )


def use_code(
    session: Session, *, person_id: int, code: str, keys: Sequence[str], now: datetime, real_now: datetime
) -> None:
    """Accept a code of the app or a recovery code, once; raises Invalid.

    A secret that is not sealed under the newest of ``keys`` (the first) is sealed anew when its code was right.
    """
    account = get_account(session, person_id)
    secret = (
        opened(account.totp_secret, keys) or None
    )  # empty: the factor is off, no code of the app is right
    step = None if secret is None else accepted_step(secret, code, real_now, account.totp_last_step)
    if secret is not None and step is not None and _claim_step(session, account, step):
        if not is_sealed(account.totp_secret, keys[0]):
            account.totp_secret = seal(secret, keys[0])
        return
    if not _claim_recovery_code(session, account, {_hash(code, person_id, key) for key in keys}, now):
        fault = UNREADABLE if secret is None else WRONG_CODE
        raise Invalid.at("code", fault)
    audit.record(
        session,
        actor_id=person_id,
        action="people.recovery_code_used",
        subject=("account", account.id),
        concerns=person_id,
        now=now,
    )


def switch_off(session: Session, *, person_id: int, actor: Actor | None, now: datetime) -> None:
    """Remove a person's second factor: their own, or by an admin when the phone is lost."""
    account = held_account(session, person_id)
    account.totp_secret, account.totp_confirmed_at = "", None
    forget_recovery_codes(session, account)
    audit.record(
        session,
        actor_id=actor.person_id if actor else None,
        action="people.second_factor_off",
        subject=("account", account.id),
        concerns=person_id,
        now=now,
    )


def seal_anew(session: Session, *, keys: Sequence[str]) -> int:
    """Seal every secret that can be read under the newest of ``keys`` (the first); how many changed."""
    changed = 0
    for account in session.scalars(_WITH_SECRET.with_for_update()):  # a new phone in between stays
        secret = opened(account.totp_secret, keys)
        if secret is not None and not is_sealed(account.totp_secret, keys[0]):
            account.totp_secret = seal(secret, keys[0])
            changed += 1
    return changed


@dataclass(frozen=True, slots=True)
class Seals:
    """Usernames whose secrets none of the keys opens, and of those that the newest does not seal."""

    unreadable: tuple[str, ...]
    outdated: tuple[str, ...]


def seals(session: Session, *, keys: Sequence[str]) -> Seals:
    """How the secrets lie in the database, for ``lms doctor``."""
    unreadable, outdated = [], []
    for account in session.scalars(_WITH_SECRET):
        if opened(account.totp_secret, keys) is None:
            unreadable.append(account.username)
        elif not is_sealed(account.totp_secret, keys[0]):
            outdated.append(account.username)
    return Seals(tuple(unreadable), tuple(outdated))


_WITH_SECRET = select(Account).where(Account.totp_secret != "").order_by(Account.username)


def needs_second_factor(actor: Actor) -> bool:
    """Whether this person's roles ask for one: graders, admins and heads of an agency."""
    return actor.has(*AGENCY_ROLES)


def _claim_step(session: Session, account: Account, step: int) -> bool:
    """Compare-and-set, so that two requests with the same code cannot both win."""
    done = session.execute(
        update(Account)
        .where(
            Account.id == account.id,
            or_(Account.totp_last_step < step, Account.totp_last_step > step + TOTP_FAR_STEPS),
        )
        .values(totp_last_step=step)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def recovery_codes_left(session: Session, account: Account) -> int:
    """How many recovery codes were not used yet."""
    unused = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def forget_recovery_codes(session: Session, account: Account) -> None:
    """Remove the recovery codes of an account, used or not."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def _claim_recovery_code(session: Session, account: Account, hashes: set[str], now: datetime) -> bool:
    """Compare-and-set, so that a code counts once, also for two who type it at the same moment."""
    done = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash.in_(hashes),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _hash(code: str, person_id: int, key: str) -> str:
    return keyed_hash(f"{person_id}:{as_typed(code)}", "recovery", key)
