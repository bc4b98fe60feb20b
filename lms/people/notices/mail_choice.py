"""Where a person wants notices by e-mail: an address counts once its owner has opened the letter that went there."""

from datetime import datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid, NotFound
from lms.contract.events import Fact
from lms.contract.text import Text
from lms.people.notices.models import Digest, MailChoice
from lms.platform.application import platform
from lms.platform.outbox import emit

ADDRESS_GIVEN = "people.address_given.v1"
LONGEST = 254
LASTING = 3 * 86400
"""Seconds for which the link of a letter counts."""


def choose(session: Session, *, person_id: int, email: str, daily: bool, now: datetime) -> None:
    """Keep the choice; another address is asked by a letter whether it is the person's. Raises Invalid at ``email``."""
    address = email.strip()
    if address and not _looks_right(address):
        text = Text("Tulis alamat seperti nama@contoh.id.", "Write an address such as name@example.org.")
        raise Invalid.at("email", text)
    if daily and not address:
        raise Invalid.at("email", Text("Isi alamat email dulu.", "Give an email address first."))
    row = session.get(MailChoice, person_id, with_for_update=True)
    if row is None:
        row = MailChoice(
            person_id=person_id,
            email="",
            confirmed_at=None,
            daily=False,
            digest_on=None,
            digest=Digest.NONE,
            tries=0,
        )
        session.add(row)
    if row.email != address:
        row.email, row.confirmed_at = address, None
        if address:
            emit(session, Fact(ADDRESS_GIVEN, now, {"person_id": person_id}))
    row.daily = daily
    session.flush()


def confirm(session: Session, *, token: str, person_id: int, now: datetime) -> None:
    """The letter was opened by who is signed in; raises NotFound for a link that has ended, or is another's."""
    try:
        owner, email = signer().loads(token, max_age=LASTING)
    except (BadSignature, ValueError, TypeError):
        raise _ended() from None
    row = session.get(MailChoice, person_id, with_for_update=True)
    if owner != person_id or row is None or row.email != email:
        raise _ended()
    row.confirmed_at = row.confirmed_at or now


def signer() -> URLSafeTimedSerializer:
    """Signs the links of letters."""
    return URLSafeTimedSerializer(platform().settings.key(), salt="imbas-mail")


def _looks_right(address: str) -> bool:
    """One @, something on both sides, a point behind it, and nothing that a header could trip over."""
    local, at, domain = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and not set(' ,;:<>()[]\\"') & set(address)
    sound = bool(local) and "@" not in local and "." in domain and domain == domain.strip(".")
    return bool(at) and plain and sound and len(address) <= LONGEST


def _ended() -> NotFound:
    return NotFound(
        Text(
            "Tautan ini sudah berakhir, atau untuk akun lain. Simpan lagi alamatnya untuk surat baru.",
            "This link has ended, or is for another account. Save the address again for a new letter.",
        )
    )
