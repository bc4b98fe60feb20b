"""Times of the past beside a clock that may have been wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.contract.times import SKEW, is_ahead, is_recent

NOW = datetime(2020, 10, 20, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ago", "recent"),
    [
        (timedelta(0), True),
        (HOUR - timedelta(seconds=1), True),
        (HOUR, False),
        (timedelta(days=9), False),
        (-SKEW, True),
        (-SKEW - timedelta(seconds=1), False),
        (-timedelta(days=1), False),
        (-timedelta(days=3650), False),
    ],
)
def test_what_happened_less_than_an_hour_ago(ago: timedelta, recent: bool) -> None:
    assert is_recent(NOW - ago, NOW, HOUR) is recent


def test_what_never_happened_is_not_recent() -> None:
    assert not is_recent(None, NOW, HOUR)


def test_two_machines_may_differ_by_seconds() -> None:
    assert not is_ahead(NOW + SKEW, NOW)
    assert is_ahead(NOW + SKEW + timedelta(seconds=1), NOW)
