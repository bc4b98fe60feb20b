"""One letter a day for who wants it: never a second one, and one that the server refused is tried again.

A letter is marked before it is handed to the mail server and again after the answer. What is cut in between may have
arrived, so it is not sent again that day; what it said and nobody has read yet stands in the letter of the next day.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from lms.contract.events import EventHandler, EventType, Fact, Task
from lms.contract.text import message
from lms.people.directory.models import Person
from lms.people.notices.letters import SHOWN, confirmation_letter, digest_letter
from lms.people.notices.mail_choice import ADDRESS_GIVEN, signer
from lms.people.notices.mailer import Connection, Mailer, NotSent, Unknown
from lms.people.notices.models import Digest, MailChoice, Notice
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.long_lists import among
from lms.platform.transaction import write

log = logging.getLogger(__name__)

HOUR = 6
"""From this hour of the person's day on, so that the letter is there in the morning."""
MOST_TRIES = 5
"""Of one day's letter."""
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Letter:
    person_id: int
    day: date
    notices: tuple[int, ...]
    message: EmailMessage


def mailer() -> Mailer | None:
    """The mail server of the settings; None while letters are off."""
    settings = platform().settings
    return Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None


def send_digests(_session: Session, now: datetime) -> None:
    """Send what is due; raises NotSent when the mail server cannot be reached, so that the admin sees it among the tasks."""
    server = mailer()
    waiting = [] if server is None else list(_waiting(now))
    db.session.rollback()
    while server is not None and waiting:
        with server.connection() as connection:
            while waiting and _one(connection, waiting.pop(), now):
                pass


def _one(connection: Connection, person_id: int, now: datetime) -> bool:
    """Send one person's letter; False when the connection is no longer to be used."""
    letter = _claimed(person_id, now)
    if letter is None:
        return True
    try:
        connection.send(letter.message)
    except NotSent as error:
        log.warning("letter of person %s not sent: %s", person_id, error)
        _note(letter, Digest.FAILED, now, refused_for_good=error.for_good)
        return (
            error.for_good
        )  # after "not now" (421) the connection may be closed: the next letter gets a new one
    except Unknown as error:
        log.warning("nobody knows whether the letter of person %s arrived: %s", person_id, error)
        return False
    _note(letter, Digest.SENT, now)
    return True


def _waiting(now: datetime) -> Iterator[int]:
    """Persons whose letter is due, read in pieces."""
    after = 0
    while True:
        rows = db.session.execute(
            select(MailChoice, Person.timezone)
            .join(Person, Person.id == MailChoice.person_id)
            .where(
                MailChoice.person_id > after,
                MailChoice.daily,
                MailChoice.confirmed_at.is_not(None),
                exists().where(Notice.person_id == MailChoice.person_id, *_NEW),
            )
            .order_by(MailChoice.person_id)
            .limit(_AT_ONCE)
        ).all()
        for choice, zone in rows:
            if _is_due(choice, zone, now):
                yield choice.person_id
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0].person_id


def _is_due(choice: MailChoice, zone: str, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(zone))
    if local.hour < HOUR or not choice.daily or choice.confirmed_at is None:
        return False
    if choice.digest_on is None or choice.digest_on < local.date():
        return True
    again = choice.digest is Digest.FAILED and choice.tries < MOST_TRIES
    return again and choice.digest_on == local.date()


def _claimed(person_id: int, now: datetime) -> _Letter | None:
    """Mark today's letter as on its way, and write it; None when another worker was faster or nothing is new any more."""
    with write() as session:
        choice = session.get(MailChoice, person_id, with_for_update=True)
        person = session.get(Person, person_id)
        if choice is None or person is None or not _is_due(choice, person.timezone, now):
            return None
        mine = (Notice.person_id == person_id, *_NEW)
        notices = session.scalars(select(Notice).where(*mine).order_by(Notice.id.desc()).limit(SHOWN)).all()
        if not notices:
            return None
        ids = tuple(session.scalars(select(Notice.id).where(*mine, Notice.id <= notices[0].id)))
        today = now.astimezone(ZoneInfo(person.timezone)).date()
        choice.tries = choice.tries + 1 if choice.digest_on == today else 1
        choice.digest_on, choice.digest = today, Digest.SENDING
        message = digest_letter(
            email=choice.email,
            name=person.display_name,
            language=person.locale,
            zone=person.timezone,
            notices=notices,
            more=len(ids) - len(notices),
            letter_id=f"digest.{person_id}.{today}",
        )
        return _Letter(person_id, today, ids, message)


def _note(letter: _Letter, outcome: Digest, now: datetime, *, refused_for_good: bool = False) -> None:
    with write() as session:
        choice = session.get(MailChoice, letter.person_id, with_for_update=True)
        if choice is None or choice.digest_on != letter.day:
            return
        choice.digest = outcome
        if refused_for_good:
            choice.confirmed_at = None  # the page says that the address has to be confirmed anew
        if outcome is Digest.SENT:
            session.execute(update(Notice).where(among(Notice.id, letter.notices)).values(mailed_at=now))


def ask_for_confirmation(session: Session, fact: Fact, _now: datetime) -> None:
    """Send the letter that asks whether an address is right, outside any transaction; raises NotSent to be tried again."""
    person_id, server = fact.payload["person_id"], mailer()
    choice, person = session.get(MailChoice, person_id), session.get(Person, person_id)
    if server is None or choice is None or person is None or not choice.email or choice.confirmed_at:
        return
    token = signer().dumps([person_id, choice.email])
    message = confirmation_letter(
        email=choice.email,
        name=person.display_name,
        language=person.locale,
        zone=person.timezone,
        link=f"/pemberitahuan/surel/{token}",
        letter_id=f"confirm.{person_id}.{fact.occurred_at:%Y%m%d%H%M%S}",
    )
    session.rollback()
    with server.connection() as connection:
        try:
            connection.send(message)
        except Unknown:
            return
        except NotSent as error:
            if not error.for_good:
                raise


def _sent(_session: Session, _fact: Fact, _now: datetime, _letter: None) -> None:
    """Nothing is stored: the answer is the person's."""


_NEW = (Notice.read_at.is_(None), Notice.mailed_at.is_(None))
EVENT_TYPES = (
    EventType(
        ADDRESS_GIVEN, "Somebody gave an e-mail address, which is asked for confirmation. Payload: person_id."
    ),
)
HANDLERS = (EventHandler("people.ask_for_confirmation", ADDRESS_GIVEN, _sent, prepare=ask_for_confirmation),)
TASKS = (
    Task(
        "people.daily_letters",
        send_digests,
        600,
        "Sends one letter a day with what is new, to who wants it.",
        own_transactions=True,
        title=message("Kirim surat harian"),
    ),
)
