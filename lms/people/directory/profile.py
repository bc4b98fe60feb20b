"""What people may change about themselves: language, zone, phone. Names are the school's business."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.catalogues import languages
from lms.contract.errors import Invalid
from lms.contract.text import Text, message
from lms.people.directory.identifiers import check_phone
from lms.people.directory.persons import get_person
from lms.platform import audit

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
"""The three zones of Indonesia, which is all that the page offers."""


def edit_profile(
    session: Session, *, locale: str, timezone: str, phone: str, actor: Actor, now: datetime
) -> None:
    """Change the actor's own settings; raises Invalid."""
    checked = check_phone(phone)
    faults: dict[str, Text] = {"phone": checked.fault} if checked.fault else {}
    if locale not in languages():
        faults["locale"] = message("Pilih salah satu bahasa.")
    if timezone not in ZONES:
        faults["timezone"] = message("Pilih salah satu zona waktu.")
    if faults:
        raise Invalid(
            message("Ada isian yang perlu diperbaiki. Belum ada yang diubah."),
            fields=faults,
        )
    person = get_person(session, actor.person_id)
    person.locale, person.timezone = locale, timezone
    if person.phone != checked.value:
        person.phone = checked.value
        audit.record(
            session,
            actor_id=actor.person_id,
            action="people.edit_profile",
            subject=("person", person.id),
            concerns=person.id,
            now=now,
            after={"fields": ["phone"]},
        )
