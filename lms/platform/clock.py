"""The clock, as an argument.

Only the edge (views, tasks, commands) reads it; use cases take ``now``. A demonstration runs on a
shifted clock, so that a programme of 2020 is "today".
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lms.platform.application import platform

Clock = Callable[[], datetime]


def shifted_clock(offset: timedelta) -> Clock:
    """A clock that runs ``offset`` beside the system's; aware UTC."""

    def read() -> datetime:
        return datetime.now(UTC) + offset

    return read


def now() -> datetime:
    """The application's time, aware UTC."""
    return platform().clock()
