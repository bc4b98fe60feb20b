"""Times of the past, compared with a clock that may have been wrong."""

from datetime import datetime, timedelta

SKEW = timedelta(minutes=1)
"""How far the clocks of two machines of one installation may be apart."""


def is_ahead(then: datetime, now: datetime) -> bool:
    """Whether ``then``, a time at which something happened, lies in the future: a clock was or is wrong."""
    return then - now > SKEW


def is_recent(then: datetime | None, now: datetime, limit: timedelta) -> bool:
    """Whether something happened less than ``limit`` ago.

    False for None, and for a time in the future: a clock that was ahead wrote it, and it says nothing.
    """
    return then is not None and not is_ahead(then, now) and now - then < limit
