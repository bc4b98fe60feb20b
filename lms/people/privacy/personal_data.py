"""A person's own data as JSON: what this domain knows, what other domains and plugins add."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.errors import Conflict
from lms.contract.text import message
from lms.people.auth.second_factor import forget_recovery_codes
from lms.people.auth.sessions import list_sessions, revoke_all
from lms.people.directory.identifiers import spaced_nip
from lms.people.directory.models import Person
from lms.people.directory.persons import person_with_roles
from lms.people.notices import notifying
from lms.platform import audit, audit_erasure, idempotency
from lms.platform.application import platform
from lms.platform.plugins import plugins

FORGOTTEN = "Data dihapus"
UNUSABLE = "!"
_WITH_VALUES = frozenset({"people", "programmes"})
"""Domains whose changes carry nothing that is released later."""


def export_person(session: Session, *, person_id: int, now: datetime) -> dict[str, Any]:
    """Everything that is known about a person, JSON values; raises NotFound."""
    person = person_with_roles(session, person_id)
    data: dict[str, Any] = {"exported_at": now.isoformat(), "people": _own(session, person, now)}
    data["notices"] = notifying.export_person(session, person_id)
    for domain, exporter in platform().core.person_exports.items():
        data[domain] = dict(exporter(session, person_id))
    answers = plugins().ask("lms_export_person", session=session, person_id=person_id)
    data["plugins"] = dict(answers)
    data["history"] = [_entry(entry) for entry in audit.concerning(session, person_id, limit=None)]
    return data


def forget_person(session: Session, *, person_id: int, actor: Actor, now: datetime) -> None:
    """Erase a person's data; the work stays, without a name. Cannot be undone.

    Only a closed account is erased, so that nobody goes by a slip. Attendance, attempts, products and
    standing stay under a number: the agency must show what a grant was spent on. Issued certificates keep the
    name, which anybody may check; the audit trail keeps what was done, without it. Answers that showed the person
    go; a file on its way ends by itself. Raises Conflict, NotFound.
    """
    person = person_with_roles(session, person_id)
    if person.account is not None and person.account.closed_at is None:
        raise Conflict(message("Akun ini masih dibuka. Tidak ada yang dihapus. Tutup akunnya dulu."))
    words = _words(person)
    for forget in platform().core.person_erasures:
        forget(session, person_id)
    plugins().ask("lms_forget_person", strict=True, session=session, person_id=person_id)
    person.full_name = FORGOTTEN
    person.title_front = person.title_back = person.nip = person.nuptk = person.position = person.phone = ""
    person.employment_status = None
    if person.account is not None:
        person.account.username = f"hapus.{person_id}"
        person.account.password_hash = UNUSABLE
        person.account.one_time_seed, person.account.one_time_until = "", None
        person.account.totp_secret = ""
        forget_recovery_codes(session, person.account)
    revoke_all(session, person_id=person_id, now=now)
    notifying.forget_person(session, person_id)
    idempotency.forget_words(session, person_id=person_id, words=words)
    audit_erasure.erase(session, person_id=person_id, words=words, actor_id=actor.person_id, now=now)


def _words(person: Person) -> set[str]:
    """By what a person could be known in texts that others wrote: names, numbers, username."""
    account = person.account
    found = {
        person.full_name,
        person.display_name,
        person.nip,
        person.nuptk,
        person.phone,
        spaced_nip(person.nip) if person.nip else "",
        account.username if account else "",
    }
    return {word for word in found if word}


def record_export(session: Session, *, actor: Actor, now: datetime) -> None:
    """Note that a person took a copy of their data."""
    audit.record(
        session,
        actor_id=actor.person_id,
        action="people.export_person",
        subject=("person", actor.person_id),
        concerns=actor.person_id,
        now=now,
    )


def _entry(entry: audit.AuditEntry) -> dict[str, Any]:
    """What was done to the person. Of marks and grades only that it was: their part shows them once released."""
    known: dict[str, Any] = {
        "at": entry.at.isoformat(),
        "action": entry.action,
        "by": entry.actor_id,
        "reason": entry.reason,
    }
    if entry.action.partition(".")[0] in _WITH_VALUES:
        known |= {"before": entry.before, "after": entry.after}
    return known


def _own(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    status = person.employment_status
    return {
        "full_name": person.full_name,
        "title_front": person.title_front,
        "title_back": person.title_back,
        "nip": person.nip,
        "nuptk": person.nuptk,
        "employment_status": status.value if status else None,
        "position": person.position,
        "phone": person.phone,
        "locale": person.locale,
        "timezone": person.timezone,
        "username": person.account.username if person.account else None,
        "roles": [
            {
                "role": grant.role.value,
                "school": grant.school.name if grant.school else None,
                "from": grant.valid_from.isoformat(),
                "to": grant.valid_to and grant.valid_to.isoformat(),
            }
            for grant in person.grants
        ],
        "devices": [
            {
                "device": entry.device,
                "since": entry.created_at.isoformat(),
                "seen": entry.last_seen_at.isoformat(),
            }
            for entry in list_sessions(session, person.id, now)
        ],
    }
