"""No page of any role shows a name of the program, a doubled full stop or the other language's numbers."""

import re

import pytest
from flask.testing import FlaskClient

from lms.testing.people import sign_in
from lms.testing.walking import walk
from tests.functional.province.conftest import WHO, Province
from tests.wording import BARE_PERCENT, COMMA_NUMBER, COUNTED, IDENTIFIER, TWO_STOPS, shown

pytestmark = [pytest.mark.modules, pytest.mark.slow]


@pytest.mark.any_database
@pytest.mark.parametrize("language", ["id", "en"])
def test_words_on_the_pages_of_each_role(small: Province, language: str) -> None:
    faults = {"identifier": IDENTIFIER, "two full stops": TWO_STOPS, "per cent": BARE_PERCENT}
    if language == "en":
        faults |= {"decimal comma": COMMA_NUMBER, "counted": COUNTED}
    found, pages = set(), 0
    for path, html in _pages(small, language):
        pages += 1
        for line, spoken in shown(html):
            if spoken == language:
                found |= {
                    f"{name}: {match[0]!r} in {line[:90]!r} on {_kind(path)}"
                    for name, fault in faults.items()
                    for match in fault.finditer(line)
                }
    assert pages > 100
    assert not found, "\n".join(sorted(found))


def _pages(province: Province, language: str) -> list[tuple[str, str]]:
    pages: dict[str, str] = {}
    for role in sorted(WHO):
        browser = _browser(province, role)
        browser.set_cookie("lang", language)
        for visit in walk(province.app, browser, *province.starts):
            answer = browser.get(visit.path)
            if answer.mimetype == "text/html":
                pages[f"{role} {visit.path}"] = answer.get_data(as_text=True)
            answer.close()
    return list(pages.items())


def _browser(province: Province, role: str) -> FlaskClient:
    people = province.people[role]
    return sign_in(province.app, people[0]) if people else province.app.test_client()


def _kind(path: str) -> str:
    return re.sub(r"\d+", "N", path)
