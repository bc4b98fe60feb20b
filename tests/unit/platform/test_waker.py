"""Wake-ups never make a request wait, and a broker that is away is said once."""

import logging
import time
from collections.abc import Callable

import pytest

from lms.platform.worker import Waker


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_broker_that_is_away_is_said_once_and_that_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[str] = []
    away = True

    def send() -> None:
        asked.append("wake")
        if away:
            raise ConnectionRefusedError("nobody there")

    waker = Waker(send)
    with caplog.at_level(logging.WARNING, logger="lms.platform.worker"):
        for number in range(1, 4):
            waker()
            until(lambda number=number: len(asked) == number)  # type: ignore[misc]
        away = False
        waker()
        until(lambda: len(caplog.messages) == 2)
    assert caplog.messages == [
        "broker does not take wake-ups: nobody there",
        "broker takes wake-ups again",
    ]


def test_who_asks_does_not_wait() -> None:
    waker = Waker(lambda: time.sleep(0.5))
    began = time.monotonic()
    for _again in range(100):
        waker()
    assert time.monotonic() - began < 0.4
