"""The contract that every plugin keeps, on SQLite and PostgreSQL."""

from lms.testing.contract import check_plugin


def test_the_plugin_keeps_the_contract() -> None:
    check_plugin("grant")
