"""Whose a table is, also when its plugin is gone."""

import pytest

from lms.cli.tables import owner


@pytest.mark.parametrize(
    ("table", "whose"),
    [
        ("person", "core"),
        ("p_garden_plant", "garden"),
        ("p_garden_tools_spade", "garden_tools"),
        ("p_gone_thing", "gone"),
    ],
)
def test_the_longest_prefix_wins(table: str, whose: str) -> None:
    assert owner(table, {"core", "garden", "garden_tools"}) == whose
