"""English pages: numbers and names read as they should, and Indonesian names say that they are."""

import re

import pytest

from lms.contract.actors import Role
from lms.testing.people import sign_in
from tests.functional.province.conftest import Province

pytestmark = [pytest.mark.modules, pytest.mark.slow]


def test_the_essay_desk_names_a_question_and_each_level_once(large: Province) -> None:
    grader = sign_in(large.app, large.people[Role.GRADER.value][0])
    path = next(start for start in large.starts if start.startswith("/uraian/"))
    page = grader.get(f"{path}?lang=en").get_data(as_text=True)
    assert re.search(r"Question \d+", page)
    assert "Questions" not in page
    levels = re.findall(r'<b class="num">(\d)</b> (\S+)', page)
    assert levels
    assert [number for number, first in levels if first.startswith(f"{number}:")] == []


def test_a_programme_keeps_its_language(large: Province) -> None:
    admin = sign_in(large.app, large.people[Role.ADMIN.value][0])
    page = admin.get(f"/program/{large.programme_id}?lang=en").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert re.search(r'<h1 lang="id">\w', page)
