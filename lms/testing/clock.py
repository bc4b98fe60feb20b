"""A clock that a test sets."""

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Stands still until told otherwise; starts in the middle of the demonstration programme."""

    def __init__(self) -> None:
        self.moment = datetime(2020, 10, 20, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """What the clock shows."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Make ``moment`` (aware) the present."""
        self.moment = moment.astimezone(UTC)

    def forward(self, **by: float) -> None:
        """Let time pass: ``clock.forward(minutes=5)``."""
        self.moment += timedelta(**by)
