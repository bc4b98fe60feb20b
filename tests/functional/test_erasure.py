"""After an erasure no table, no export and no trail has the person's name or numbers, and the chain still holds."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Role
from lms.people import api as people
from lms.people.directory.models import Person
from lms.platform import audit, audit_erasure, idempotency
from lms.platform.audit import AuditEntry
from lms.platform.db import Base, db, table_of
from lms.platform.idempotency import StoredAnswer
from lms.platform.transaction import write
from lms.testing.people import NOW, actor_of, make_agency, make_person, make_school
from tests.inhabitants import TODAY, Province

NIP, NUPTK, PHONE = "198513012010012001", "8123456789012345", "081234567890"
KEEPS_THE_NAME = {"certificate.snapshot"}
"""Issued certificates, which anybody may check."""
OF_NOBODY = {"item.body", "item.secret"}
"""Questions of a module: a number in a key may be anybody's."""


def known_rows() -> dict[str, str]:
    """Every value of every table as text, by table and column."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for values in db.session.execute(select(table)).mappings():
            for column, value in values.items():
                name = f"{table.name}.{column}"
                found[name] = found.get(name, "") + "\n" + json.dumps(value, default=str, ensure_ascii=False)
    return found


@pytest.mark.modules
def test_nothing_knows_the_person_any_more(site_both: Flask, province_both: Province) -> None:
    admin_id, teacher_id = province_both.own.people[Role.ADMIN], province_both.own.participants[0]
    session = db.session()
    admin = people.actor_of(session, admin_id, TODAY)
    with write() as session:
        person = session.get_one(Person, teacher_id)
        name = person.full_name
        fields = people.PersonFields(full_name=name, nip=NIP, nuptk=NUPTK, phone=PHONE)
        people.edit_person(session, person_id=teacher_id, fields=fields, actor=admin, now=TODAY)
        username = people.get_account(session, teacher_id).username
        answer = StoredAnswer(200, "", "text/html", f"<p>{name}, NIP {NIP}</p>")
        idempotency.remember(
            session, person_id=admin_id, key="of.another", digest="x", answer=answer, now=TODAY
        )
        audit.record(
            session,
            actor_id=admin_id,
            action="programmes.change_attendance",
            subject=("session", 1),
            now=TODAY,
            concerns=province_both.own.participants[1],
            reason=f"Tertukar dengan {name.upper()} ({NIP})",
        )
        people.close_account(session, person_id=teacher_id, actor=admin, now=TODAY)
    with write() as session:
        people.forget_person(session, person_id=teacher_id, actor=admin, now=TODAY)
    db.session.remove()
    left = {
        column
        for column, values in known_rows().items()
        for word in (name, NIP, NUPTK, PHONE, username)
        if word.lower() in values.lower()
    }
    assert left - KEEPS_THE_NAME - OF_NOBODY == set()
    copies = [
        json.dumps(people.export_person(db.session(), person_id=who, now=TODAY), ensure_ascii=False)
        for who in (teacher_id, admin_id, province_both.own.participants[1])
    ]
    certificates = json.loads(copies[0]).get("certificates", {})
    own = copies[0].replace(json.dumps(certificates, ensure_ascii=False), "")
    for word in (name, NIP, NUPTK, PHONE, username):
        assert not [copy for copy in (own, *copies[1:]) if word.lower() in copy.lower()], word
    assert audit.first_broken(db.session()) is None


def as_formerly(session: Session, **entry: Any) -> None:
    """An entry as earlier versions wrote it, with what the person was called."""
    audit.seal(session)
    position, last = session.execute(
        select(AuditEntry.position, AuditEntry.digest).order_by(AuditEntry.position.desc()).limit(1)
    ).one_or_none() or (0, audit.GENESIS)
    facts = {
        "at": NOW,
        "actor_id": None,
        "subject_kind": "person",
        "before": {},
        "after": {},
        "reason": "",
        "position": position + 1,
        "previous": last,
        **entry,
    }
    session.execute(insert(table_of(AuditEntry)), {**facts, "digest": audit.digest_of(facts)})


@pytest.fixture
def erased(session: Session) -> tuple[int, Actor]:
    """A teacher with a past of earlier versions, erased; and the admin who did it."""
    agency = make_agency(session)
    school = make_school(session, agency)
    admin = actor_of(session, make_person(session, Role.ADMIN, agency=agency))
    other = make_person(session, Role.TEACHER, school=school, name="Budi Santoso")
    who = make_person(session, Role.TEACHER, school=school, name="Siti Nur'aini", username="siti.nuraini")
    as_formerly(
        session,
        action="people.create_person",
        subject_id=who.id,
        concerns=who.id,
        after={"full_name": "Siti Rahmawati"},
    )
    as_formerly(
        session,
        action="people.edit_person",
        subject_id=who.id,
        concerns=who.id,
        before={"full_name": "Siti Rahmawati", "nip": ""},
        after={"full_name": "Siti Nur'aini", "nip": NIP},
    )
    as_formerly(
        session,
        action="people.change_username",
        subject_id=who.id,
        concerns=who.id,
        before={"username": "siti.r"},
        after={"username": "siti.nuraini"},
    )
    as_formerly(
        session,
        action="assessment.mark",
        subject_id=7,
        concerns=other.id,
        after={"7": {"A": "1", "comment": "Mirip jawaban Siti Rahmawati"}},
        reason="bandingkan siti nur'aini",
    )
    as_formerly(
        session,
        action="people.create_person",
        subject_id=other.id,
        concerns=other.id,
        after={"full_name": "Budi Santoso"},
    )
    assert audit.first_broken(session) is None
    people.close_account(session, person_id=who.id, actor=admin, now=NOW)
    people.forget_person(session, person_id=who.id, actor=admin, now=NOW)
    session.flush()
    session.expire_all()
    return who.id, admin


def trail(session: Session) -> str:
    rows = session.execute(select(AuditEntry.before, AuditEntry.after, AuditEntry.reason)).all()
    return json.dumps([tuple(row) for row in rows], ensure_ascii=False).lower()


def test_entries_of_earlier_versions_lose_the_person_and_keep_what_was_done(
    session: Session, erased: tuple[int, Actor]
) -> None:
    words = trail(session)
    for word in ("siti nur'aini", "siti rahmawati", NIP, "siti.nuraini", "siti.r"):
        assert word not in words, word
    assert "budi santoso" in words, "who was not erased"
    assert "mirip jawaban [dihapus]" in words
    assert audit.first_broken(session) is None


def test_a_second_erasure_of_the_same_entry_holds_too(session: Session, erased: tuple[int, Actor]) -> None:
    other = session.scalars(select(Person).where(Person.full_name == "Budi Santoso")).one()
    as_formerly(session, action="x.note", subject_id=1, concerns=None, reason="Budi Santoso")
    people.close_account(session, person_id=other.id, actor=erased[1], now=NOW)
    people.forget_person(session, person_id=other.id, actor=erased[1], now=NOW + timedelta(days=1))
    session.expire_all()
    assert "budi" not in trail(session)
    assert audit.first_broken(session) is None


def test_a_name_that_stands_by_chance_in_a_digest_breaks_nothing(
    session: Session, erased: tuple[int, Actor]
) -> None:
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == audit.ERASURE)).one()
    sealed = dict(entry.after[audit.ERASED_FROM])
    like_a_digest = next(iter(sealed.values()))[:5].title()
    as_formerly(session, action="x.note", subject_id=1, concerns=None, reason=f"Dari {like_a_digest}.")
    audit_erasure.erase(session, person_id=99, words={like_a_digest}, actor_id=None, now=NOW)
    session.expire_all()
    assert entry.after[audit.ERASED_FROM] == sealed
    assert "dari [dihapus]." in trail(session)
    assert audit.first_broken(session) is None


@pytest.mark.parametrize(
    "bend",
    [
        "UPDATE audit_entry SET reason = 'lain' WHERE action = 'assessment.mark'",
        "UPDATE audit_entry SET actor_id = 1 WHERE action = 'people.change_username'",
        "UPDATE audit_entry SET after = '{\"full_name\": \"Lain\"}' WHERE action = 'people.create_person' AND concerns IS NOT NULL",
        "UPDATE audit_entry SET after = '{}' WHERE action = 'people.forget_person'",
        "DELETE FROM audit_entry WHERE action = 'people.forget_person'",
        "DELETE FROM audit_entry WHERE action = 'people.edit_person'",
    ],
)
def test_an_erasure_permits_no_other_changes(session: Session, erased: tuple[int, Actor], bend: str) -> None:
    session.execute(text(bend))
    session.expire_all()
    assert audit.first_broken(session) is not None


def test_an_entry_that_is_emptied_without_an_erasure_shows(
    session: Session, erased: tuple[int, Actor]
) -> None:
    with_budi = select(AuditEntry.id).where(AuditEntry.concerns.is_not(None)).order_by(AuditEntry.id.desc())
    number = session.scalars(with_budi.where(AuditEntry.action == "people.create_person")).first()
    session.execute(
        update(AuditEntry).where(AuditEntry.id == number).values(after={"full_name": audit_erasure.GONE})
    )
    session.expire_all()
    assert audit.first_broken(session) == number


def test_new_entries_name_nobody(session: Session) -> None:
    agency = make_agency(session)
    school = make_school(session, agency)
    admin = actor_of(session, make_person(session, Role.ADMIN, agency=agency))
    who = make_person(session, Role.TEACHER, school=school, name="Siti Aminah", username="siti.aminah")
    fields = people.PersonFields(full_name="Siti Aminah Baru", nip=NIP, nuptk=NUPTK, phone=PHONE)
    people.edit_person(session, person_id=who.id, fields=fields, actor=admin, now=NOW)
    people.change_username(session, person_id=who.id, username="siti.baru", actor=admin, now=NOW)
    people.edit_profile(
        session,
        actor=actor_of(session, who),
        phone="081298765432",
        locale="id",
        timezone="Asia/Jakarta",
        now=NOW,
    )
    session.flush()
    words = trail(session)
    for word in ("siti", NIP, NUPTK, PHONE[1:], "81298765432"):
        assert word not in words, word
