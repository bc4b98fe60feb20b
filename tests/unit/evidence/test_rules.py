"""Who hands in, and that every state of a submission is with exactly one side."""

import pytest

from lms.contract.modules import Unit
from lms.evidence.rules import EDITABLE, FINAL, WITH_GRADER, SubmissionStatus, may_hand_in


@pytest.mark.parametrize(
    ("unit", "is_headmaster", "is_owner", "may"),
    [
        (Unit.SCHOOL, True, False, True),
        (Unit.SCHOOL, False, True, False),
        (Unit.TEACHER, True, False, False),
        (Unit.TEACHER, False, True, True),
    ],
)
def test_who_hands_in(unit: Unit, is_headmaster: bool, is_owner: bool, may: bool) -> None:
    assert may_hand_in(unit, is_headmaster=is_headmaster, is_owner=is_owner) is may


def test_each_state_is_with_one_side() -> None:
    assert sorted([*EDITABLE, *WITH_GRADER, *FINAL]) == sorted(SubmissionStatus)
