"""Each page of each role has a budget of SQL statements, and it does not grow with the province.

The table ``query_budgets.csv`` is reviewed: endpoint by role, ``-`` where the role has no such page.
When a page needs more on purpose, or is new, write the table anew and read the difference::

    LMS_WRITE_BUDGETS=1 pytest tests/functional/province/test_query_budgets.py
"""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.testing.people import sign_in
from lms.testing.walking import Visit, walk
from tests.functional.province.conftest import WHO, Province

pytestmark = [pytest.mark.modules, pytest.mark.slow]

TABLE = Path(__file__).with_name("query_budgets.csv")
MOST = 30
"""No page may need more, whatever the table says."""
Counts = dict[tuple[str, str], int]


def test_no_page_of_any_role_needs_more_statements_than_its_budget(small: Province, large: Province) -> None:
    on_small, on_large = visits_of(small), visits_of(large)
    few, many = statements(on_small), statements(on_large)
    if os.environ.get("LMS_WRITE_BUDGETS"):
        write_table(few | {key: max(count, few.get(key, 0)) for key, count in many.items()})
    budgets = read_table()
    broken = [visit for _role, visit in (*on_small, *on_large) if visit.status >= 500]
    assert not broken, "pages that fail"
    unlisted = sorted((few.keys() | many.keys()) - budgets.keys())
    assert not unlisted, "pages without a budget (see the head of this file)"
    dear = {
        key: f"{few.get(key)} in the small, {many.get(key)} in the large province; budget {budget}"
        for key, budget in budgets.items()
        if max(few.get(key, 0), many.get(key, 0)) > budget
    }
    assert not dear, "pages over their budget"
    grown = {key: (few[key], many[key]) for key in few.keys() & many.keys() if many[key] > few[key]}
    assert not grown, "pages that need more statements in a larger province"
    assert not {key: budget for key, budget in budgets.items() if budget > MOST}
    gone = sorted(budgets.keys() - few.keys() - many.keys())
    assert not gone, "budgets of pages that nobody can reach any more"


def test_every_route_to_read_was_walked_by_somebody(large: Province) -> None:
    rules = large.app.url_map.iter_rules()
    readable = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())} - {"static"}
    walked = {visit.endpoint for _role, visit in visits_of(large) if visit.status < 400}
    assert readable - walked == set(), "nobody reaches these pages: link them, or give the walk a start"


_walked: dict[int, list[tuple[str, Visit]]] = {}


def visits_of(province: Province) -> list[tuple[str, Visit]]:
    """Every page that each role reaches by links; walked once."""
    if id(province) not in _walked:
        _walked[id(province)] = [
            (role, visit)
            for role in WHO
            for browser in browsers(province, role)
            for visit in walk(province.app, browser, *province.starts)
        ]
    return _walked[id(province)]


def browsers(province: Province, role: str) -> list[FlaskClient]:
    return [sign_in(province.app, who) for who in province.people[role]] or [province.app.test_client()]


def statements(visits: Iterable[tuple[str, Visit]]) -> Counts:
    """The most that an address of an endpoint needed, for each role; refused pages do not count."""
    found: Counts = {}
    for role, visit in visits:
        if visit.status < 400:
            key = (visit.endpoint, role)
            found[key] = max(visit.statements, found.get(key, 0))
    return found


def read_table() -> Counts:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["endpoint"], role): int(row[role])
            for row in csv.DictReader(file)
            for role in WHO
            if row[role] != "-"
        }


def write_table(budgets: Counts) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["endpoint", *WHO])
        for endpoint in sorted({endpoint for endpoint, _role in budgets}):
            table.writerow([endpoint, *(budgets.get((endpoint, role), "-") for role in WHO)])
