"""What is told in the demonstration: believable cards that keep every rule."""

import re
from fractions import Fraction
from typing import Any

from flask import Flask
from imbas_hots_assessment import queries, rules, story
from imbas_hots_assessment.models import Blueprint
from imbas_hots_assessment.rules import CardState
from imbas_hots_assessment.stimulus import table_of
from sqlalchemy import select

from lms.api import Role, StorySchool, db, workplace
from lms.testing import write


def test_the_story_ends_with_a_full_and_reviewed_set(app: Flask, world: Any) -> None:
    teachers = (world.people[Role.TEACHER], world.colleague)
    school = StorySchool(
        school_id=world.school_id,
        headmaster=world.people[Role.HEADMASTER],
        quality_team=(world.people[Role.QUALITY_TEAM],),
        teachers=teachers,
        facilitator=world.people[Role.FACILITATOR],
        grader=world.people[Role.GRADER],
    )
    for moment, act in sorted(story.events(world.programme_id, (school,)), key=lambda event: event[0]):
        with write() as session:
            act(session, moment)
    first, second = (
        queries.lines_of(db.session.scalars(select(Blueprint).where(Blueprint.person_id == person_id)).one())
        for person_id in teachers
    )
    assert queries.share_of(first).enough
    assert not any(line.missing for line in (*first, *second))
    assert {line.state for line in first} == {CardState.USE, CardState.IMPROVE}
    at = workplace(db.session(), programme_id=world.programme_id, school_id=world.school_id)
    waiting, has_more = queries.shared_cards(db.session(), at=at, without_person=teachers[0])
    assert ([line.state for line in waiting], has_more) == ([CardState.WAITING], False)


def test_the_boat_card_has_one_key() -> None:
    """Kilometres a minute of each boat, from the table that pupils see."""
    card = story.content()["cards"][3]
    boats = table_of(card["stimulus_table"])
    assert boats is not None
    speed = {row[0]: Fraction(row[1]) / Fraction(row[2]) for row in boats.rows}
    fastest = max(speed, key=lambda boat: speed[boat])
    assert len(set(speed.values())) == len(speed), "two boats of one speed would be two keys"
    assert f"{card['answer_key']}. perahu {fastest}" in card["options"].splitlines()


def test_the_pond_card_claims_no_cause() -> None:
    """Two rows that move against each other do not tell which one moves the other."""
    card = story.content()["cards"][1]
    pond = table_of(card["stimulus_table"])
    assert pond is not None
    fish, frogs, larvae = ([int(row[at]) for row in pond.rows] for at in (1, 2, 3))
    assert fish == sorted(fish, reverse=True)
    assert larvae == sorted(larvae)
    assert frogs not in (sorted(frogs), sorted(frogs, reverse=True))
    right = next(line for line in card["options"].splitlines() if line.startswith(f"{card['answer_key']}. "))
    assert not re.search(r"\b(karena|sehingga|akibat|menyebabkan)\b", right)


def test_every_card_of_the_story_says_a_level_that_its_competence_allows() -> None:
    levels = [card["bloom"] for card in story.content()["cards"]]
    assert rules.share(levels).enough
    assert "karena memakai kata" not in str(story.content())
