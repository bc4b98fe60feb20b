"""Signing in, in three steps: count the try (write), check the password (no lock), enter (write)."""

import hmac
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid, TooMany
from lms.contract.normalise import clean_text
from lms.contract.text import counted_message, message
from lms.people.auth import hashing, sessions, throttle
from lms.people.auth.models import Account
from lms.people.auth.passwords import MAX_LENGTH, as_typed, keyed_hash
from lms.people.auth.rules import ACCOUNT, ADDRESS, SECOND_FACTOR, TRUSTED
from lms.people.auth.throttle import Counter

WRONG = message("Nama pengguna atau kata sandi belum cocok. Periksa huruf besar dan kecil, lalu coba lagi.")
EXPIRED = message("Kode sekali pakai ini sudah lewat 30 hari. Mintalah kode baru kepada operator sekolah.")


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """Input of one sign-in attempt: credentials, client address, device.

    ``known_people`` are those who have been in on this device (or hold a card with its code).
    """

    username: str
    password: str
    address: str
    device_key: str = ""
    known_people: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A counted try: whose account, and the counters to forgive when it is right."""

    person_id: int | None
    username: str
    password_hash: str | None
    one_time: bool
    one_time_until: datetime | None
    open_: bool
    has_second_factor: bool = False
    counters: tuple[Counter, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Entered:
    """The right password: who it is, and whether a second-factor code is still wanted.

    ``password_hash`` is what the password was checked against: it opens no sign-in once there is another.
    """

    person_id: int
    wants_code: bool
    password_hash: str
    renewed_hash: str | None
    counters: tuple[Counter, ...]


def claim(session: Session, knock: SignInAttempt, *, key: str, now: datetime) -> Claimed:
    """Count the try before anything is checked; raises TooMany when it comes too early.

    Every username may be tried equally often from an address, whoever has been there, so that nothing
    tells those that exist. From where its owner has been it has a count of its own, which nobody
    elsewhere can use up. All tries from one address count together, but for those on a known device.
    """
    username = clean_text(knock.username).lower()[:80]
    address_hash = hash_address(knock.address, key)
    row = session.execute(_FIND, {"username": username, "address": address_hash}).first()
    person_id = row.person_id if row else 0
    counters: tuple[Counter, ...]
    if person_id in knock.known_people:
        device = keyed_hash(f"{knock.device_key}:{person_id}", "throttle", key)
        counters = (Counter("device", device, TRUSTED),)
    else:
        name = f"{address_hash}:{username}" if row and row.been_here else username
        counters = (
            Counter("account", keyed_hash(name, "throttle", key), ACCOUNT),
            Counter("address", address_hash, ADDRESS),
        )
    raise_if_early(throttle.claim(session, counters, now), now)
    return Claimed(
        person_id=row.person_id if row else None,
        username=username,
        password_hash=row.password_hash if row else None,
        one_time=bool(row and row.one_time_seed),
        one_time_until=row.one_time_until if row else None,
        open_=bool(row and row.closed_at is None),
        has_second_factor=bool(row and row.totp_confirmed_at),
        counters=counters,
    )


def check(claimed: Claimed, password: str, *, now: datetime) -> Entered:
    """Check the password; raises Invalid with the same text for every kind of wrong.

    Takes about 35 ms, also for an unknown user: call it outside ``write()``.
    """
    typed = as_typed(password) if claimed.one_time else password
    right, renewed = hashing.verify(typed[: MAX_LENGTH * 2], claimed.password_hash)
    if not right or not claimed.open_ or claimed.person_id is None or claimed.password_hash is None:
        raise Invalid(WRONG)
    if claimed.one_time and claimed.one_time_until is not None and claimed.one_time_until <= now:
        raise Invalid(EXPIRED)
    return Entered(
        claimed.person_id, claimed.has_second_factor, claimed.password_hash, renewed, claimed.counters
    )


def half_way(entered: Entered, key: str) -> str:
    """What the cookie keeps of the right password until the code comes; see ``still_half_way``."""
    return keyed_hash(entered.password_hash, "half way", key)


def still_half_way(session: Session, *, person_id: int, mark: str, key: str) -> str | None:
    """The password's hash when it is the one that was right; None when it was changed, or the account closed."""
    known: str | None = session.execute(_CURRENT, {"person": person_id}).scalar()
    same = known is not None and hmac.compare_digest(keyed_hash(known, "half way", key), mark)
    return known if same else None


def enter(
    session: Session,
    *,
    entered: Entered,
    device: str,
    address: str,
    key: str,
    lasting: timedelta,
    now: datetime,
) -> str:
    """Open the sign-in after everything was right; the token for the cookie.

    Raises Invalid when the password was changed or the account closed since it was checked: whoever
    did that has ended every sign-in, and this one must not slip in behind.
    """
    person_id = entered.person_id
    token = sessions.open_session(
        session,
        person_id=person_id,
        device=device,
        address_hash=hash_address(address, key),
        now=now,
        lasting=lasting,
        password_hash=entered.password_hash,
    )
    if token is None:
        raise Invalid(WRONG)
    for counter in entered.counters:
        if counter.kind == "address":
            throttle.take_back(session, counter)
        else:
            throttle.forgive(session, counter)
    if entered.renewed_hash:
        session.execute(
            update(Account).where(Account.person_id == person_id).values(password_hash=entered.renewed_hash)
        )
    return token


def claim_code(session: Session, *, person_id: int, key: str, now: datetime) -> Counter:
    """Count a try of a second-factor code; raises TooMany."""
    counter = code_counter(person_id, key)
    raise_if_early(throttle.claim(session, (counter,), now), now)
    return counter


def code_counter(person_id: int, key: str) -> Counter:
    """What tries of a person's second-factor codes are counted against."""
    return Counter("code", keyed_hash(str(person_id), "code", key), SECOND_FACTOR)


def raise_if_early(free_at: datetime | None, now: datetime) -> None:
    """Raise TooMany when a try may only be made at ``free_at``."""
    if free_at is None:
        return
    minutes = max(1, -(-int((free_at - now).total_seconds()) // 60))
    raise TooMany(
        counted_message(
            "Sudah banyak percobaan. Kata sandi tidak diperiksa. Coba lagi %(num)s menit lagi, atau mintalah kartu masuk kepada operator sekolah.",
            minutes,
        )
    )


def hash_address(address: str, key: str) -> str:
    """A keyed hash of an address; IPv6 by its /64, which one line has as a whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return keyed_hash("unknown", "address", key)
    if parsed.version == 6:
        address = str(ipaddress.ip_network((parsed, 64), strict=False))
    return keyed_hash(address, "address", key)


_CURRENT = select(Account.password_hash).where(
    Account.person_id == bindparam("person"), Account.closed_at.is_(None)
)
_FIND = select(
    Account.person_id,
    Account.password_hash,
    Account.one_time_seed,
    Account.one_time_until,
    Account.closed_at,
    Account.totp_confirmed_at,
    sessions.HAS_COME_FROM.label("been_here"),
).where(Account.username == bindparam("username"))
