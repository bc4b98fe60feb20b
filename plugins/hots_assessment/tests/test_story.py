"""What is told in the demonstration: believable cards that keep every rule."""

from typing import Any

from flask import Flask
from imbas_hots_assessment import reading, story
from imbas_hots_assessment.models import Blueprint
from imbas_hots_assessment.rules import CardState
from sqlalchemy import select

from lms.api import Role, StorySchool, db, workplace
from lms.testing import write


def test_the_story_ends_with_a_full_and_reviewed_set(app: Flask, world: Any) -> None:
    teachers = (world.people[Role.TEACHER], world.colleague)
    school = StorySchool(
        school_id=world.school_id, headmaster=world.people[Role.HEADMASTER],
        quality_team=(world.people[Role.QUALITY_TEAM],), teachers=teachers,
        facilitator=world.people[Role.FACILITATOR], grader=world.people[Role.GRADER],
    )  # fmt: skip
    for moment, act in sorted(story.events(world.programme_id, (school,)), key=lambda event: event[0]):
        with write() as session:
            act(session, moment)
    first, second = (
        reading.lines_of(db.session.scalars(select(Blueprint).where(Blueprint.person_id == person_id)).one())
        for person_id in teachers
    )
    assert reading.share_of(first).enough
    assert not any(line.missing for line in (*first, *second))
    assert {line.state for line in first} == {CardState.USE, CardState.IMPROVE}
    at = workplace(db.session(), programme_id=world.programme_id, school_id=world.school_id)
    waiting, has_more = reading.shared_cards(db.session(), at=at, without_person=teachers[0])
    assert ([line.state for line in waiting], has_more) == ([CardState.WAITING], False)


def test_the_boat_card_has_one_key() -> None:
    """26 pupils: 4 boats P, single seats Q, 2 boats R, or 3 boats P and 2 seats Q."""
    costs = {"A": 4 * 60, "B": 26 * 10, "C": 2 * 95, "D": 3 * 60 + 2 * 10}
    card = story.content()["cards"][3]
    assert card["answer_key"] == min(costs, key=lambda option: costs[option])
    assert "Rp" not in card["options"], "the prices are for the pupils to find"
