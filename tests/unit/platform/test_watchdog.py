"""When a worker looks for work itself, and when it ends to be started again."""

from collections.abc import Callable

import pytest

from lms.platform.watchdog import DEAF_SECONDS, QUIET_SECONDS, STUCK_SECONDS, Watchdog


class Worker:
    """A worker by the second."""

    def __init__(
        self, *, answers: bool = True, busy: bool = False, sweep: Callable[[], None] = lambda: None
    ) -> None:
        self.now, self.swept, self.left = 0.0, 0, False
        self.answers, self.busy, self.sweep = answers, busy, sweep
        self.dog = Watchdog(
            sweep=self._sweep,
            answers=lambda: self.answers,
            busy=lambda: self.busy,
            leave=self._leave,
            clock=lambda: self.now,
        )

    def _sweep(self) -> None:
        self.swept += 1
        self.sweep()

    def _leave(self) -> None:
        self.left = True

    def live(self, seconds: float, *, hears: bool = False, looks: bool = True) -> None:
        end = self.now + seconds
        while self.now < end and not self.left:
            self.now += 1
            if hears:
                self.dog.heard(request=None)
            if looks:
                self.dog.look()
            self.dog.check()


def test_while_messages_come_it_does_nothing() -> None:
    worker = Worker()
    worker.live(1000, hears=True)
    assert (worker.swept, worker.left) == (0, False)


def test_when_it_is_quiet_it_looks_itself_and_stops_when_messages_come_again() -> None:
    worker = Worker(answers=False)
    worker.live(QUIET_SECONDS - 1)
    assert worker.swept == 0
    worker.live(20)
    assert worker.swept >= 19
    before = worker.swept
    worker.live(50, hears=True)
    assert worker.swept == before


def test_it_ends_when_it_is_deaf_and_not_when_the_broker_is_away_or_it_is_busy() -> None:
    deaf, without_broker, busy = Worker(), Worker(answers=False), Worker(busy=True)
    for worker in (deaf, without_broker, busy):
        worker.live(1000)
    assert (deaf.left, deaf.now) == (True, DEAF_SECONDS)
    assert not without_broker.left
    assert not busy.left


@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_when_its_own_look_hangs(busy: bool) -> None:
    worker = Worker(busy=busy)
    worker.live(STUCK_SECONDS + 5, looks=False)
    assert worker.left is not busy


def test_a_look_that_fails_is_tried_again() -> None:
    def fail() -> None:
        raise ConnectionError("the database is away")

    worker = Worker(answers=False, sweep=fail)
    worker.live(STUCK_SECONDS * 2)
    assert worker.swept > STUCK_SECONDS
    assert not worker.left
