"""A person's own data as JSON: what this domain knows, what other domains and plugins add."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.people.directory import person_with_hats
from lms.people.models import Person
from lms.people.sessions import list_sessions
from lms.platform import audit
from lms.platform.plugins import plugins

Exporter = Callable[[Session, int], Mapping[str, Any]]
"""``exporter(session, person_id)``: what a domain knows about a person, as JSON values."""

_EXTENSION = "personal_data"


def register_exporter(app: Flask, domain: str, exporter: Exporter) -> None:
    """Let a domain add its part; called by the domain when the application is wired."""
    app.extensions.setdefault(_EXTENSION, {})[domain] = exporter


def export_person(session: Session, *, person_id: int, now: datetime) -> dict[str, Any]:
    """Everything that is known about a person, JSON values; raises NotFound."""
    person = person_with_hats(session, person_id)
    exporters: Mapping[str, Exporter] = current_app.extensions.get(_EXTENSION, {})
    data: dict[str, Any] = {"exported_at": now.isoformat(), "people": _own(session, person, now)}
    for domain, exporter in exporters.items():
        data[domain] = dict(exporter(session, person_id))
    answers = plugins().ask("lms_export_person", session=session, person_id=person_id)
    data["plugins"] = dict(answers)
    data["history"] = [
        {"at": entry.at.isoformat(), "action": entry.action, "by": entry.actor_id, "reason": entry.reason,
         "before": entry.before, "after": entry.after}
        for entry in audit.concerning(session, person_id, limit=10_000)
    ]  # fmt: skip
    return data


def record_export(session: Session, *, actor: Actor, now: datetime) -> None:
    """Note that a person took a copy of their data."""
    audit.record(session, actor_id=actor.person_id, action="people.export_person",
                 subject=("person", actor.person_id), concerns=actor.person_id, now=now)  # fmt: skip


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
            {"role": grant.role.value, "school": grant.school.name if grant.school else None,
             "from": grant.valid_from.isoformat(), "to": grant.valid_to and grant.valid_to.isoformat()}
            for grant in person.grants
        ],
        "devices": [
            {"device": entry.device, "since": entry.created_at.isoformat(), "seen": entry.last_seen_at.isoformat()}
            for entry in list_sessions(session, person.id, now)
        ],
    }  # fmt: skip
