"""For whom a plugin's rule is asked: each enrolment with its person, or each school once."""

from types import SimpleNamespace
from typing import Any

from lms.completion.plugin_rules import _subjects
from lms.contract.modules import RuleSubject, Unit


def test_a_rule_about_teachers_knows_who_is_enrolled_and_one_about_schools_nobody() -> None:
    found: Any = SimpleNamespace(
        programme=SimpleNamespace(id=1),
        enrolments=[
            SimpleNamespace(id=7, school_id=3, person_id=90),
            SimpleNamespace(id=8, school_id=4, person_id=91),
        ],
        schools={(3, 2): None, (4, 2): None, (3, 5): None},
    )
    assert _subjects(found, 2, Unit.TEACHER) == (
        RuleSubject(1, 2, 3, enrolment_id=7, person_id=90),
        RuleSubject(1, 2, 4, enrolment_id=8, person_id=91),
    )
    assert _subjects(found, 2, Unit.SCHOOL) == (RuleSubject(1, 2, 3, None), RuleSubject(1, 2, 4, None))
