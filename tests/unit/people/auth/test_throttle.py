"""Guesses are counted before they are checked, also when they come all at once."""

import threading
from datetime import UTC, datetime, timedelta

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.people.auth import throttle
from lms.people.auth.rules import ACCOUNT, ADDRESS, TRUSTED, Backoff, Tries, next_try
from lms.people.auth.throttle import Counter
from lms.platform.transaction import write

NOW = datetime(2020, 10, 20, tzinfo=UTC)


@given(st.sampled_from([ACCOUNT, ADDRESS, TRUSTED]), st.integers(1, 10_000))
def test_waits_grow_and_stay_within_their_limit(backoff: Backoff, tries: int) -> None:
    assert timedelta(0) <= backoff.wait(tries) <= backoff.wait(tries + 1) <= backoff.most


@given(st.lists(st.integers(0, 3600), max_size=300))
def test_an_account_is_checked_at_most_a_few_times_an_hour(seconds: list[int]) -> None:
    known: Tries | None = None
    checked = 0
    for second in sorted(seconds):
        after = next_try(known, ACCOUNT, NOW + timedelta(seconds=second))
        if after is not None:
            known, checked = after, checked + 1
    assert checked <= 11


def test_a_quiet_day_starts_anew() -> None:
    known = Tries(50, NOW, NOW + timedelta(hours=1))
    assert next_try(known, ACCOUNT, NOW + timedelta(minutes=59)) is None
    later = next_try(known, ACCOUNT, NOW + timedelta(hours=24))
    assert later is not None
    assert later.count == 1


def test_parallel_guesses_cannot_slip_in_together(app: Flask) -> None:
    counters = (Counter("account", "somebody", ACCOUNT), Counter("address", "somewhere", ADDRESS))
    passed: list[int] = []

    def guess(number: int) -> None:
        with app.app_context(), write() as session:
            if throttle.claim(session, counters, NOW) is None:
                passed.append(number)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == ACCOUNT.free


def test_the_right_person_is_forgiven_but_an_address_keeps_its_wrong_tries(app: Flask) -> None:
    account, address = Counter("account", "somebody", ACCOUNT), Counter("address", "somewhere", ADDRESS)
    with write() as session:
        for _ in range(5):
            assert throttle.claim(session, (account, address), NOW) is None
        assert throttle.claim(session, (account,), NOW) is not None
        throttle.forgive(session, account)
        throttle.take_back(session, address)
        assert throttle.claim(session, (account,), NOW) is None
        free = sum(throttle.claim(session, (address,), NOW) is None for _ in range(ADDRESS.free + 10))
    assert free == ADDRESS.free - 4


def test_a_try_that_comes_too_early_counts_nowhere(app: Flask) -> None:
    fresh, slow = Counter("address", "elsewhere", ADDRESS), Counter("account", "somebody", ACCOUNT)
    with write() as session:
        while throttle.claim(session, (slow,), NOW) is None:
            pass
    with write() as session:
        assert throttle.claim(session, (fresh, slow), NOW) is not None
        assert throttle.tries(session, fresh) is None
