"""What is told in the demonstration agrees with the material and passes the module's own rules."""

import re
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from imbas_spmi_documents import checklist_answers, queries, story
from imbas_spmi_documents.checklist import Total
from imbas_spmi_documents.frameworks import SOURCES, choices_for_primary_school
from imbas_spmi_documents.rules import PLAN_PARTS, missing_parts, missing_plan_parts

from lms.api import Role, StorySchool, db
from lms.testing import write

TEXT = (files("imbas_spmi_documents") / "content" / "material.md").read_text(encoding="utf-8")
SCHOOLS = ("SDN 4", "SDN 8", "SDN 19", "SDN 26", "SDN 27", "SDN 38")


@pytest.mark.parametrize(("school", "spec"), zip(SCHOOLS, story.specs(), strict=True))
def test_reports_are_those_of_the_material(school: str, spec: dict[str, Any]) -> None:
    found = re.search(rf"^\| {school} \| (\S+) \|.*\| Sarpras (\S+)", TEXT, re.MULTILINE)
    assert found
    scores = [Decimal(text.replace(",", ".")) for text in spec["scores"] if text != "invalid"]
    if "invalid" in spec["scores"]:
        assert (found[1], sum(scores)) == ("-", Decimal("32.25"))
        return
    assert (sum(scores), min(scores), scores[5]) == (
        Decimal(found[1].replace(",", ".")),
        Decimal(found[2].replace(",", ".")),
        min(scores),
    )


@pytest.mark.parametrize("spec", story.specs(), ids=SCHOOLS)
def test_problems_and_plans_are_complete(spec: dict[str, Any]) -> None:
    known = {entry.code for group in choices_for_primary_school().values() for entry in group}
    assert len(spec["conditions"]) == 8
    for problem in spec["problems"]:
        assert problem["code"] in known
        assert not missing_parts(problem)
        assert set(problem["plan"]) == set(PLAN_PARTS)
        assert not missing_plan_parts(problem["plan"])
        assert problem["plan"]["source"] in SOURCES


def test_the_story_is_told_through_the_use_cases(world: Any) -> None:
    schools = tuple(
        StorySchool(
            school_id=school_id,
            headmaster=world.people[Role.HEADMASTER],
            quality_team=(world.people[Role.QUALITY_TEAM],),
            teachers=(),
            facilitator=world.people[Role.FACILITATOR],
            grader=world.people[Role.GRADER],
        )
        for school_id in (world.school_id, world.other_school_id)
    )
    for moment, act in sorted(story.events(world.programme_id, schools), key=lambda event: event[0]):
        with write() as session:
            act(session, moment)
    first, last = (
        queries.board(db.session(), programme_id=world.programme_id, school_id=school.school_id)
        for school in schools
    )
    assert first.facts == {"standards": 8, "problems": 3, "planned": 3}
    assert last.facts == {"standards": 8, "problems": 1, "planned": 0}
    assert first.mean == Decimal("5.98")
    keys = [(world.programme_id, school.school_id) for school in schools]
    assert list(checklist_answers.totals(db.session(), keys).values()) == [Total(19, 28), Total(7, 27)]
