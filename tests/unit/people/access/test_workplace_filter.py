"""The SQL condition for lists says what the one place of authorisation says of each entry."""

from itertools import product
from unittest import mock

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, literal, select, union_all

from lms.contract.actors import Actor, Grant, Permission, Place, Reach, Role
from lms.people.access import authorise
from lms.people.access.authorise import WorkplaceColumns, allowed, workplace_filter
from lms.platform.db import db

SCHOOLS, PROGRAMMES = (10, 11, 20), (5, 6)
PLACES = [
    Place(agency_id=1 if school < 20 else 2, school_id=school, programme_id=programme, draft=programme == 6)
    for school, programme in product(SCHOOLS, PROGRAMMES)
]
ENTRIES = union_all(
    *(
        select(
            literal(place.agency_id).label("agency"),
            literal(place.school_id).label("school"),
            literal(place.programme_id).label("programme"),
        )
        for place in PLACES
    )
).subquery()
REACHES = st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(Reach)), max_size=4).map(
    lambda found: tuple(pair for pair in found if pair != (Role.GRADER, Reach.AGENCY))
)
GRANTS = st.lists(
    st.builds(
        Grant,
        st.sampled_from(Role),
        st.sampled_from((1, 2)),
        st.sampled_from((None, *SCHOOLS)),
        st.sampled_from((None, *PROGRAMMES)),
    ),
    max_size=5,
).map(tuple)
GRADES_AND_TEACHES = (Grant(Role.GRADER, 1, 10), Grant(Role.TEACHER, 1, 10), Grant(Role.GRADER, 1, 11))


@given(REACHES, GRANTS)
@example(((Role.GRADER, Reach.ASSIGNED),), GRADES_AND_TEACHES)
@example(((Role.GRADER, Reach.MEMBER),), GRADES_AND_TEACHES)
@example(((Role.GRADER, Reach.ANY),), GRADES_AND_TEACHES)
@example(((Role.FACILITATOR, Reach.ASSIGNED),), (Grant(Role.FACILITATOR, 1, 10, 6),))
@example(((Role.ADMIN, Reach.AGENCY),), (Grant(Role.ADMIN, 1),))
@example(((Role.AGENCY_HEAD, Reach.AGENCY),), (Grant(Role.AGENCY_HEAD, 1),))
@example(((Role.TEACHER, Reach.OWN),), (Grant(Role.TEACHER, 1, 10),))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_condition_keeps_what_may_says(
    app: Flask, reaches: tuple[tuple[Role, Reach], ...], grants: tuple[Grant, ...]
) -> None:
    permissions = {"thing.see": Permission("thing.see", "", reaches)}
    actor = Actor(100, "Siti", "id", grants, 1)
    with app.app_context(), mock.patch.object(authorise, "_permissions", return_value=permissions):
        columns = WorkplaceColumns(
            ENTRIES.c.agency, ENTRIES.c.school, ENTRIES.c.programme, started=and_(ENTRIES.c.programme != 6)
        )
        condition = workplace_filter(actor, "thing.see", columns)
        query = select(ENTRIES.c.school, ENTRIES.c.programme).where(condition)
        found = {tuple(row) for row in db.session().execute(query)}
    assert found == {
        (place.school_id, place.programme_id)
        for place in PLACES
        if allowed(actor, "thing.see", place, permissions)
    }
