"""What is told in the demonstration: believable cards that keep every rule."""

import re
from fractions import Fraction
from typing import Any

from flask import Flask
from imbas_hots_assessment import rules, story
from imbas_hots_assessment.blueprint import share_of
from imbas_hots_assessment.documents import CARD

from lms.api import (
    DocumentState,
    Role,
    StorySchool,
    db,
    missing_in_document,
    own_documents,
    storage,
    waiting_counts,
)
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
        [
            (line.state, content)
            for line, content in own_documents(
                db.session(),
                CARD,
                programme_id=world.programme_id,
                school_id=world.school_id,
                person_id=person_id,
            )
        ]
        for person_id in teachers
    )
    assert share_of(first).enough
    assert not any(missing_in_document(CARD, content) for _state, content in (*first, *second))
    assert {state for state, _content in first} == {DocumentState.ACCEPTED, DocumentState.NEEDS_REVISION}
    pictures = [content.values("item")["picture"] for _state, content in first]
    assert [storage().open(picture.key).close() for picture in pictures if picture] == [None]
    assert [state for state, _content in second] == [DocumentState.IN_REVIEW]
    at = {"programme_id": world.programme_id, "school_ids": [world.school_id]}
    assert waiting_counts(db.session(), type_key=CARD.key, **at, without_person=teachers[0]) == {
        world.school_id: 1
    }


def cells_of(table: str) -> list[list[str]]:
    """The rows of a table of the story, without its headings."""
    return [[cell.strip() for cell in line.split("|")] for line in table.splitlines()[1:]]


def test_the_boat_card_has_one_key() -> None:
    """Kilometres a minute of each boat, from the table that pupils see."""
    card = story.content()["cards"][3]
    boats = cells_of(card["stimulus_table"])
    speed = {row[0]: Fraction(row[1]) / Fraction(row[2]) for row in boats}
    fastest = max(speed, key=lambda boat: speed[boat])
    assert len(set(speed.values())) == len(speed), "two boats of one speed would be two keys"
    assert f"{card['answer_key']}. perahu {fastest}" in card["options"].splitlines()


def test_the_pond_card_claims_no_cause() -> None:
    """Two rows that move against each other do not tell which one moves the other."""
    card = story.content()["cards"][1]
    pond = cells_of(card["stimulus_table"])
    fish, frogs, larvae = ([int(row[at]) for row in pond] for at in (1, 2, 3))
    assert fish == sorted(fish, reverse=True)
    assert larvae == sorted(larvae)
    assert frogs not in (sorted(frogs), sorted(frogs, reverse=True))
    right = next(line for line in card["options"].splitlines() if line.startswith(f"{card['answer_key']}. "))
    assert not re.search(r"\b(karena|sehingga|akibat|menyebabkan)\b", right)


def test_every_card_of_the_story_says_a_level_that_its_competence_allows() -> None:
    levels = [card["bloom"] for card in story.content()["cards"]]
    assert rules.share(levels).enough
    assert "karena memakai kata" not in str(story.content())
