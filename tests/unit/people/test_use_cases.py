"""Use cases of people on a real database."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.actors import Place, Role
from lms.contract.errors import Conflict, Invalid, NotFound
from lms.people import api
from lms.platform.audit import AuditEntry
from lms.testing.clock import FixedClock
from lms.testing.people import NOW, actor_of, make_agency, make_person, make_school, wear

KEY = "a key of the installation"


def test_a_school_takes_its_zone_from_the_agency_and_refuses_a_known_npsn(session: Session) -> None:
    agency = make_agency(session, timezone="Asia/Makassar")
    school = make_school(session, agency, npsn="99900004")
    assert school.timezone == "Asia/Makassar"
    with pytest.raises(Invalid) as error:
        make_school(session, agency, npsn="99900004")
    assert set(error.value.fields) == {"npsn"}


def test_faults_are_said_field_by_field(session: Session) -> None:
    with pytest.raises(Invalid) as error:
        api.create_person(
            session,
            fields=api.PersonFields(full_name="", nuptk="1,23E+15", nip="12", phone="abc1"),
            actor=None,
            now=NOW,
        )
    assert set(error.value.fields) == {"full_name", "nuptk", "nip", "phone"}


def test_an_edit_is_audited_by_its_fields_and_names_nobody(session: Session) -> None:
    school = make_school(session, make_agency(session))
    admin = make_person(session, Role.OPERATOR, school=school)
    person = make_person(session, Role.TEACHER, school=school, name="Siti")
    warnings = api.edit_person(
        session,
        person_id=person.id,
        fields=api.PersonFields(
            full_name="Siti Aminah", nip="198513012010011001", employment_status=api.EmploymentStatus.PNS
        ),
        actor=actor_of(session, admin),
        now=NOW,
    )
    assert set(warnings) == {"nip"}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "people.edit_person")).one()
    assert (entry.before, entry.after) == ({}, {"fields": ["employment_status", "full_name", "nip"]})
    assert entry.concerns == person.id


def test_usernames_are_suggested_and_unique(session: Session) -> None:
    make_person(session, username="siti.aminah")
    assert api.suggest_username(session, "Siti Aminah") == "siti.aminah2"
    with pytest.raises(Invalid):
        make_person(session, username="Siti.Aminah ")


def test_the_same_hat_twice_is_one(session: Session) -> None:
    school = make_school(session, make_agency(session))
    person = make_person(session, Role.TEACHER, school=school)
    wear(session, person, Role.TEACHER, school=school)
    assert len(api.grants_of(session, person.id, on=date(2020, 10, 20))) == 1


def test_hats_fit_their_place(session: Session) -> None:
    agency, other = make_agency(session), make_agency(session)
    school = make_school(session, agency)
    person = make_person(session, Role.TEACHER, school=school)
    with pytest.raises(Invalid):
        wear(session, person, Role.ADMIN, school=school)
    with pytest.raises(Invalid):
        wear(session, person, Role.GRADER, agency=agency)
    with pytest.raises(Conflict):
        wear(session, person, Role.ADMIN, agency=other)


def test_a_revoked_hat_ends_at_once(session: Session, clock: FixedClock) -> None:
    agency = make_agency(session)
    admin = make_person(session, Role.ADMIN, agency=agency)
    person = make_person(session, Role.TEACHER, school=make_school(session, agency))
    grant = api.grants_of(session, person.id, on=date(2020, 10, 20))[0]
    actor = actor_of(session, admin)
    api.revoke_role(session, grant_id=grant.id, person_id=person.id, actor=actor, now=clock())
    assert not actor_of(session, person).grants
    mine = api.grants_of(session, admin.id, on=date(2020, 10, 20))[0]
    with pytest.raises(Invalid):
        api.revoke_role(session, grant_id=mine.id, person_id=admin.id, actor=actor, now=clock())
    with pytest.raises(NotFound):
        api.revoke_role(session, grant_id=mine.id, person_id=person.id, actor=actor, now=clock())


def test_where_an_account_stands(session: Session, clock: FixedClock) -> None:
    agency, elsewhere = make_agency(session), make_agency(session)
    one, two = make_school(session, agency), make_school(session, agency)
    teacher = make_person(session, Role.TEACHER, school=one)
    wear(session, teacher, Role.QUALITY_TEAM, school=one)
    assert api.place_of_person(session, teacher.id, now=clock()) == Place(agency.id, one.id, None, teacher.id)
    wear(session, teacher, Role.HEADMASTER, school=two)
    assert api.place_of_person(session, teacher.id, now=clock()).school_id is None
    coach = make_person(session, Role.FACILITATOR, school=one)
    assert api.place_of_person(session, coach.id, now=clock()).school_id is None
    staff = make_person(session, Role.ADMIN, agency=elsewhere)
    assert api.place_of_person(session, staff.id, now=clock()) == Place(elsewhere.id, None, None, staff.id)
    with pytest.raises(NotFound):
        api.place_in_school(session, two.id, coach.id, now=clock())


def test_a_reset_ends_sign_ins_and_shows_in_the_trail(session: Session, clock: FixedClock) -> None:
    school = make_school(session, make_agency(session))
    operator = make_person(session, Role.OPERATOR, school=school)
    person = make_person(session, Role.TEACHER, school=school)
    token = api.open_session(
        session, person_id=person.id, device="HP", address_hash="", now=clock(), lasting=timedelta(days=1)
    )
    assert api.load_signed_in(session.connection(), token, clock()) is not None
    one_time = api.new_one_time(KEY)
    api.reset_password(
        session, person_id=person.id, one_time=one_time, actor=actor_of(session, operator), now=clock()
    )
    session.flush()
    assert api.load_signed_in(session.connection(), token, clock()) is None
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "people.reset_password")).one()


def test_people_of_a_school_are_searched_and_paged(session: Session, clock: FixedClock) -> None:
    school = make_school(session, make_agency(session))
    for name in ("Siti Aminah", "Budi", "Sulastri"):
        make_person(session, Role.TEACHER, school=school, name=name)
    make_person(session, Role.FACILITATOR, school=school, name="Pelatih")
    page = api.people_of_school(session, school_id=school.id, now=clock())
    assert [person.full_name for person in page.rows] == ["Budi", "Siti Aminah", "Sulastri"]
    found = api.people_of_school(session, school_id=school.id, search="amin SITI", now=clock())
    assert [person.full_name for person in found.rows] == ["Siti Aminah"]
    assert api.people_of_school(session, school_id=school.id, search="100%", now=clock()).total == 0


def test_schools_are_found_by_number_and_name_within_the_agency(session: Session) -> None:
    agency = make_agency(session)
    make_school(session, agency, name="SD Negeri 4 Banyuasin III", npsn="99900004")
    make_school(session, make_agency(session), name="SD Negeri 4 Lain")
    schools, total = api.find_schools(session, agency_ids=[agency.id], search="negeri 4")
    assert (len(schools), total) == (1, 1)
    assert api.find_schools(session, agency_ids=[agency.id], search="99900004")[1] == 1
