"""Where a person wants notices by e-mail: an address counts once its owner has opened the letter that went there."""

import re
from datetime import datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid, NotFound
from lms.contract.events import Fact
from lms.contract.text import message
from lms.people.notices.models import Digest, MailChoice
from lms.platform.application import platform
from lms.platform.outbox import emit

ADDRESS_GIVEN = "people.address_given.v1"
LONGEST = 254
# Of what RFC 5321 allows, what mailboxes have: an address with "=?" would be decoded as words of a header (RFC 2047).
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/^_{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")
ASKED_A_DAY = 3
"""Letters that ask whether an address is right, of one person: nobody fills another's mailbox."""
LASTING = 3 * 86400
"""Seconds for which the link of a letter counts."""


def choose(session: Session, *, person_id: int, email: str, daily: bool, now: datetime) -> None:
    """Keep the choice; another address is asked by a letter whether it is the person's. Raises Invalid at ``email``."""
    address = email.strip()
    if address and not _looks_right(address):
        text = message("Tulis alamat seperti nama@contoh.id.")
        raise Invalid.at("email", text)
    if daily and not address:
        raise Invalid.at("email", message("Isi alamat email dulu."))
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
            asked_on=None,
            asked=0,
        )
        session.add(row)
    if row.email != address:
        row.email, row.confirmed_at = address, None
    if (
        address and row.confirmed_at is None
    ):  # also the same one again: its letter was lost, or its link has ended
        _count_letter(row, now)
        emit(session, Fact(ADDRESS_GIVEN, now, {"person_id": person_id}))
    row.daily = daily
    session.flush()


def confirm(session: Session, *, token: str, person_id: int, now: datetime) -> bool:
    """The letter was opened by who is signed in; whether letters are wanted.

    Raises NotFound for a link that has ended, or is another's.
    """
    try:
        owner, email = signer().loads(token, max_age=LASTING)
    except (BadSignature, ValueError, TypeError):
        raise _ended() from None
    row = session.get(MailChoice, person_id, with_for_update=True)
    if owner != person_id or row is None or row.email != email:
        raise _ended()
    row.confirmed_at = row.confirmed_at or now
    return row.daily


def stop(session: Session, person_id: int) -> None:
    """No letter any more, not even one that asks: who cannot sign in cannot end them either."""
    row = session.get(MailChoice, person_id, with_for_update=True)
    if row is not None:
        row.email, row.confirmed_at, row.daily = "", None, False


def signer() -> URLSafeTimedSerializer:
    """Signs the links of letters."""
    return URLSafeTimedSerializer(list(reversed(platform().settings.keys())), salt="imbas-mail")


def _looks_right(address: str) -> bool:
    return len(address) <= LONGEST and _ADDRESS.fullmatch(address) is not None


def _count_letter(row: MailChoice, now: datetime) -> None:
    """Count a letter that asks; raises Invalid when there were several today."""
    if row.asked_on == now.date() and row.asked >= ASKED_A_DAY:
        raise Invalid.at(
            "email",
            message(
                "Sudah beberapa surat konfirmasi dikirim. Periksa kotak masuk dan spam, atau coba lagi besok."
            ),
        )
    row.asked = row.asked + 1 if row.asked_on == now.date() else 1
    row.asked_on = now.date()


def _ended() -> NotFound:
    return NotFound(
        message("Tautan ini sudah berakhir, atau untuk akun lain. Simpan lagi alamatnya untuk surat baru.")
    )
