"""Erasing a person: the name goes, the work stays."""

import pytest
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.errors import Conflict
from lms.people import api as people
from lms.testing.people import NOW, actor_of, make_agency, make_person, make_school


def test_a_closed_account_can_be_erased_and_no_longer_signs_in(session: Session) -> None:
    agency = make_agency(session)
    school = make_school(session, agency)
    admin = actor_of(session, make_person(session, Role.ADMIN, agency=agency))
    teacher = make_person(session, Role.TEACHER, school=school, name="Orang Lupa", username="orang.lupa")
    with pytest.raises(Conflict):
        people.forget_person(session, person_id=teacher.id, actor=admin, now=NOW)
    people.close_account(session, person_id=teacher.id, actor=admin, now=NOW)
    people.forget_person(session, person_id=teacher.id, actor=admin, now=NOW)
    session.flush()
    assert teacher.full_name == "Data dihapus"
    assert (teacher.nip, teacher.nuptk, teacher.phone) == ("", "", "")
    assert people.get_account(session, teacher.id).username != "orang.lupa"
