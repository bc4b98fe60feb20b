"""What is a school's own, or a whole programme's, has no participant or stage: the tables hold one of each all the same."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from lms.completion.models import CompletionState
from lms.contract.modules import Unit
from lms.contract.text import verbatim
from lms.evidence.models import Assignment, Submission
from lms.evidence.rules import SubmissionStatus
from lms.people.directory.models import RoleGrant
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes.models import Enrolment, Programme, Stage
from lms.testing.world import World, make_world

START = datetime(2020, 9, 8, tzinfo=UTC)
STATE = {"met": False, "fraction": Decimal(0), "reasons": [], "scores": {}, "changed_at": START}


def put(model: Any, values: dict[str, Any]) -> None:
    with write() as session:
        session.execute(insert(model).values(**values))


def count(model: Any) -> int:
    found = db.session.scalar(select(func.count()).select_from(model)) or 0
    db.session.remove()
    return found


@pytest.fixture
def world(app: Flask) -> World:
    return make_world("garden", title="Kebun")


@pytest.fixture
def place(world: World) -> dict[str, Any]:
    with write() as session:
        session.execute(delete(CompletionState))
    return {"programme_id": world.programme_id, "school_id": world.school_id}


@pytest.mark.parametrize(
    ("has_enrolment", "has_stage", "phase"),
    [
        (True, True, "in_service"),
        (True, True, ""),
        (True, False, ""),
        (False, True, "in_service"),
        (False, True, ""),
        (False, False, ""),
    ],
)
def test_one_state_for_each_place(
    world: World, place: dict[str, Any], has_enrolment: bool, has_stage: bool, phase: str
) -> None:
    key = {
        "enrolment_id": world.enrolment_id if has_enrolment else None,
        "stage_id": world.stage_id if has_stage else None,
        "phase": phase,
    }
    put(CompletionState, {**place, **key, **STATE})
    with pytest.raises(IntegrityError):
        put(CompletionState, {**place, **key, **STATE, "met": True})
    assert count(CompletionState) == 1


@pytest.mark.parametrize("column", ["enrolment_id", "stage_id"])
def test_no_state_of_what_is_not_there(place: dict[str, Any], column: str) -> None:
    with pytest.raises(IntegrityError):
        put(
            CompletionState,
            {**place, "enrolment_id": None, "stage_id": None, "phase": "", **STATE, column: 0},
        )


def test_a_stage_that_goes_takes_its_states_along(world: World, place: dict[str, Any]) -> None:
    stage = {
        "programme_id": world.programme_id,
        "no": 99,
        "title": "Tahap 99",
        "starts_on": START.date(),
        "ends_on": START.date(),
        "opens_at": START,
        "on_service_due_at": START,
        "closes_at": START,
    }
    put(Stage, stage)
    stage_id = db.session.scalars(select(Stage.id).where(Stage.no == 99)).one()
    put(CompletionState, {**place, "enrolment_id": None, "stage_id": stage_id, "phase": "", **STATE})
    with write() as session:
        session.execute(delete(Stage).where(Stage.id == stage_id))
    assert count(CompletionState) == 0


def test_one_submission_of_a_school(world: World, place: dict[str, Any]) -> None:
    due = {
        "stage_id": world.stage_id,
        "deliverable_key": "uji",
        "title": verbatim("Uji"),
        "unit": Unit.SCHOOL,
        "models_only": False,
        "mandatory": True,
        "position": 9,
        "due_at": START,
    }
    put(Assignment, due)
    due_id = db.session.scalars(select(Assignment.id).where(Assignment.deliverable_key == "uji")).one()
    own = {
        "due_id": due_id,
        "school_id": world.school_id,
        "status": SubmissionStatus.DRAFT,
        "version": 0,
        "late": False,
    }
    put(Submission, {**own, "enrolment_id": None})
    put(Submission, {**own, "enrolment_id": world.enrolment_id})
    for enrolment_id in (None, world.enrolment_id, 0):
        with pytest.raises(IntegrityError):
            put(Submission, {**own, "enrolment_id": enrolment_id})
    assert count(Submission) == 2


def test_a_role_for_a_programme_ends_with_no_programme(world: World) -> None:
    """A programme with roles cannot be removed: without it they would be roles in every programme."""
    with write() as session:
        grant = session.scalars(select(RoleGrant).limit(1)).one()
        grant.programme_id = world.programme_id
        grant_id = grant.id
        session.execute(delete(CompletionState))
        session.execute(delete(Enrolment))
    with pytest.raises(IntegrityError), write() as session:
        session.execute(delete(Programme))
    assert db.session.get_one(RoleGrant, grant_id).programme_id == world.programme_id
    with pytest.raises(IntegrityError), write() as session:
        session.get_one(RoleGrant, grant_id).programme_id = 999_999
