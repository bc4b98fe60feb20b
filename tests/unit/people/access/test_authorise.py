"""The one place of authorisation: reaches, the disinterested grader, fields; by example and by property."""

from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.contract.actors import AGENCY_ROLES, SCHOOL_ROLES, Actor, Grant, Permission, Place, Reach, Role
from lms.contract.errors import Forbidden
from lms.people.access.authorise import (
    Scope,
    allowed,
    may,
    reach,
    require,
    require_fields,
    school_filter,
    scope,
    writable_fields,
    writable_here,
)
from lms.people.directory.models import School
from lms.people.permissions import FIELDS, PERMISSIONS
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_school

AGENCY, OTHER_AGENCY = 1, 2
SCHOOL, OTHER_SCHOOL = 10, 11
ME, YOU = 100, 101


def actor(*grants: Grant, person_id: int = ME) -> Actor:
    return Actor(person_id, "Siti", "id", grants, 1)


def one(role: Role, reach: Reach) -> dict[str, Permission]:
    return {"thing.do": Permission("thing.do", "", ((role, reach),))}


HERE = Place(agency_id=AGENCY, school_id=SCHOOL)


@pytest.mark.parametrize(
    ("grant", "reach", "place", "expected"),
    [
        (Grant(Role.TEACHER, AGENCY, SCHOOL), Reach.OWN, replace(HERE, person_id=ME), True),
        (Grant(Role.TEACHER, AGENCY, SCHOOL), Reach.OWN, replace(HERE, person_id=YOU), False),
        (Grant(Role.TEACHER, AGENCY, SCHOOL), Reach.OWN, HERE, False),
        (Grant(Role.HEADMASTER, AGENCY, SCHOOL), Reach.SCHOOL, HERE, True),
        (Grant(Role.HEADMASTER, AGENCY, OTHER_SCHOOL), Reach.SCHOOL, HERE, False),
        (Grant(Role.HEADMASTER, AGENCY, SCHOOL), Reach.SCHOOL, Place(agency_id=AGENCY), False),
        (Grant(Role.GRADER, AGENCY, SCHOOL, 5), Reach.ASSIGNED, replace(HERE, programme_id=5), True),
        (Grant(Role.GRADER, AGENCY, SCHOOL, 5), Reach.ASSIGNED, replace(HERE, programme_id=6), False),
        (Grant(Role.GRADER, AGENCY, SCHOOL, None), Reach.ASSIGNED, replace(HERE, programme_id=6), True),
        (Grant(Role.ADMIN, AGENCY), Reach.AGENCY, HERE, True),
        (Grant(Role.ADMIN, AGENCY), Reach.AGENCY, Place(), False),
        (Grant(Role.ADMIN, OTHER_AGENCY), Reach.AGENCY, HERE, False),
        (Grant(Role.ADMIN, AGENCY, None, 5), Reach.AGENCY, HERE, False),
        (Grant(Role.ADMIN, AGENCY, None, 5), Reach.AGENCY, replace(HERE, programme_id=5), True),
        (Grant(Role.TEACHER, AGENCY, SCHOOL), Reach.ANY, Place(), True),
    ],
)
def test_reaches(grant: Grant, reach: Reach, place: Place, expected: bool) -> None:
    assert allowed(actor(grant), "thing.do", place, one(grant.role, reach)) is expected


def test_a_grader_does_not_grade_where_he_coaches_works_or_owns() -> None:
    grade = one(Role.GRADER, Reach.ASSIGNED)
    grader = Grant(Role.GRADER, AGENCY, SCHOOL)
    assert allowed(actor(grader), "thing.do", HERE, grade)
    for role in (Role.FACILITATOR, *SCHOOL_ROLES):
        assert not allowed(actor(grader, Grant(role, AGENCY, SCHOOL)), "thing.do", HERE, grade)
        assert allowed(actor(grader, Grant(role, AGENCY, OTHER_SCHOOL)), "thing.do", HERE, grade)
    assert not allowed(actor(grader), "thing.do", replace(HERE, person_id=ME), grade)
    assert allowed(actor(grader), "thing.do", replace(HERE, person_id=YOU), grade)


def test_the_grader_conflict_leaves_the_school_out_of_lists_too() -> None:
    grade = one(Role.GRADER, Reach.ASSIGNED)
    both = actor(
        Grant(Role.GRADER, AGENCY, SCHOOL),
        Grant(Role.GRADER, AGENCY, OTHER_SCHOOL),
        Grant(Role.FACILITATOR, AGENCY, SCHOOL),
    )
    assert scope(both, "thing.do", grade).school_ids == {OTHER_SCHOOL}


def test_an_unknown_action_is_never_allowed() -> None:
    admin, permissions = actor(Grant(Role.ADMIN, AGENCY)), one(Role.ADMIN, Reach.AGENCY)
    assert not allowed(admin, "thing.undo", HERE, permissions)
    assert scope(admin, "thing.undo", permissions) == Scope(frozenset(), frozenset())
    assert writable_fields(admin, "thing.undo", HERE, permissions, FIELDS) == frozenset()
    assert writable_fields(admin, "thing.do", HERE, permissions, FIELDS) == frozenset(), "no field declared"


def test_the_username_is_the_admins_to_change() -> None:
    permissions = {permission.action: permission for permission in PERMISSIONS}
    operator, admin = actor(Grant(Role.OPERATOR, AGENCY, SCHOOL)), actor(Grant(Role.ADMIN, AGENCY))
    by_operator = writable_fields(operator, "people.edit_person", HERE, permissions, FIELDS)
    by_admin = writable_fields(admin, "people.edit_person", HERE, permissions, FIELDS)
    assert by_admin - by_operator == {"username"}
    assert not writable_fields(
        operator, "people.edit_person", Place(AGENCY, OTHER_SCHOOL), permissions, FIELDS
    )


grants = st.builds(
    Grant,
    role=st.sampled_from(Role),
    agency_id=st.sampled_from([AGENCY, OTHER_AGENCY]),
    school_id=st.sampled_from([None, SCHOOL, OTHER_SCHOOL]),
    programme_id=st.sampled_from([None, 5, 6]),
)
actors = st.lists(grants, max_size=4).map(lambda found: actor(*found))
places = st.builds(
    Place,
    agency_id=st.sampled_from([None, AGENCY, OTHER_AGENCY]),
    school_id=st.sampled_from([None, SCHOOL, OTHER_SCHOOL]),
    programme_id=st.sampled_from([None, 5, 6]),
    person_id=st.sampled_from([None, ME, YOU]),
)
NARROW = [reach for reach in Reach if reach not in {Reach.ANY, Reach.MEMBER}]
"""ANY and MEMBER open pages that belong to no school; they bring nobody into a list of schools."""
reaches = st.lists(
    st.tuples(st.sampled_from(Role), st.sampled_from(NARROW)).filter(
        lambda entry: entry != (Role.GRADER, Reach.AGENCY)
    ),
    max_size=4,
).map(lambda found: {"thing.do": Permission("thing.do", "", tuple(found))})


@given(actors, places, reaches)
def test_nobody_without_a_hat_at_the_place_gets_in(
    who: Actor, place: Place, permissions: dict[str, Permission]
) -> None:
    if allowed(who, "thing.do", place, permissions):
        wanted = {role for role, _reach in permissions["thing.do"].reach}
        assert any(
            grant.role in wanted
            and (
                place.person_id == who.person_id
                or (place.school_id is not None and grant.school_id == place.school_id)
                or (grant.school_id is None and grant.agency_id == place.agency_id)
            )
            for grant in who.grants
        )


@given(actors, places, reaches, grants)
def test_one_more_hat_never_takes_a_right_away_unless_it_is_a_conflict(
    who: Actor, place: Place, permissions: dict[str, Permission], extra: Grant
) -> None:
    more = replace(who, grants=(*who.grants, extra))
    if allowed(who, "thing.do", place, permissions) and not allowed(more, "thing.do", place, permissions):
        assert extra.role is Role.FACILITATOR or extra.role in SCHOOL_ROLES
        assert who.has(Role.GRADER)


@given(actors, reaches)
def test_lists_and_single_objects_agree(who: Actor, permissions: dict[str, Permission]) -> None:
    schools = {(AGENCY, SCHOOL), (OTHER_AGENCY, OTHER_SCHOOL)}
    plain = replace(
        who,
        grants=tuple(
            replace(grant, agency_id=AGENCY if grant.school_id == SCHOOL else OTHER_AGENCY, programme_id=None)
            if grant.school_id is not None
            else replace(grant, programme_id=None)
            for grant in who.grants
        ),
    )
    found = scope(plain, "thing.do", permissions)
    for agency_id, school_id in schools:
        listed = agency_id in found.agency_ids or school_id in found.school_ids
        place = Place(agency_id, school_id, None, YOU)
        assert listed == allowed(plain, "thing.do", place, permissions)


def test_a_grader_is_assigned_school_by_school() -> None:
    with pytest.raises(ValueError, match="a grader reaches assigned schools"):
        one(Role.GRADER, Reach.AGENCY)


@given(actors, places, st.sampled_from(Role))
def test_a_member_reaches_the_own_agency_and_no_list_of_schools(who: Actor, place: Place, role: Role) -> None:
    permissions = {"thing.do": Permission("thing.do", "", ((role, Reach.MEMBER),))}
    roles = {grant.agency_id for grant in who.grants if grant.role is role}
    if allowed(who, "thing.do", place, permissions):
        assert place.agency_id in roles
    elif role is not Role.GRADER:
        assert place.agency_id not in roles
    assert scope(who, "thing.do", permissions).school_ids == frozenset()


def test_every_action_of_people_is_reachable_by_somebody() -> None:
    roles = {role for permission in PERMISSIONS for role, _reach in permission.reach}
    assert roles <= SCHOOL_ROLES | AGENCY_ROLES
    assert all(permission.reach for permission in PERMISSIONS)


def test_the_permissions_of_the_application_bind_the_pure_rules(app: Flask) -> None:
    operator, admin = actor(Grant(Role.OPERATOR, AGENCY, SCHOOL)), actor(Grant(Role.ADMIN, AGENCY))
    edit = "people.edit_person"
    assert may(operator, edit, HERE)
    assert not may(operator, edit, Place(AGENCY, OTHER_SCHOOL))
    require(operator, edit, HERE)
    with pytest.raises(Forbidden) as refused:
        require(operator, edit, Place(AGENCY, OTHER_SCHOOL))
    assert "Tidak ada yang diubah." in refused.value.text.in_("id")
    assert "Nothing was changed." in refused.value.text.in_("en")
    require_fields(admin, edit, HERE, ["username", "full_name"])
    require_fields(operator, edit, HERE, ["full_name"])
    with pytest.raises(Forbidden) as refused:
        require_fields(operator, edit, HERE, ["full_name", "username"])
    assert "Tidak ada yang diubah." in refused.value.text.in_("id")
    assert writable_here(admin, edit, HERE) - writable_here(operator, edit, HERE) == {"username"}
    assert reach(operator, edit) == Scope(frozenset(), frozenset({SCHOOL}))


def test_lists_keep_the_schools_that_somebody_reaches(app: Flask) -> None:
    with write() as session:
        here, there = make_agency(session), make_agency(session)
        schools = [make_school(session, agency) for agency in (here, here, there)]
        ids, agencies = [school.id for school in schools], (here.id, there.id)

    def listed(*roles: Grant) -> list[int]:
        condition = school_filter(actor(*roles), "people.edit_person", School.id)
        return list(db.session.scalars(select(School.id).where(condition).order_by(School.id)))

    assert listed(Grant(Role.OPERATOR, agencies[0], ids[1])) == [ids[1]]
    assert listed(Grant(Role.ADMIN, agencies[0])) == ids[:2]
    both = Grant(Role.ADMIN, agencies[0]), Grant(Role.OPERATOR, agencies[1], ids[2])
    assert listed(*both) == ids
    assert listed() == []
