"""Presence, stages, JP and deadlines against slow oracles that count minute by minute."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.programmes.api import ON_SERVICE, Deadlines
from lms.programmes.rules import (
    COUNTED,
    EXCUSED,
    AttendanceStatus,
    Progress,
    credited_jp,
    presence,
    stage_progress,
    union,
)

patient = settings(deadline=None)  # a busy machine is no fault
START = datetime(2020, 10, 6, 2, 0, tzinfo=UTC)
LENGTH = 135
minutes = st.integers(-60, LENGTH + 60)
stays = st.lists(st.tuples(minutes, minutes), max_size=8)
shares = st.sampled_from([Decimal(text) for text in ("0.01", "0.5", "0.75", "0.80", "0.9", "1")])


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def spans(found: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    return [(at(start), at(end)) for start, end in found]


def minutes_there(found: list[tuple[int, int]]) -> int:
    """The oracle: each minute of the session is looked at alone."""
    return sum(any(start <= minute < end for start, end in found) for minute in range(LENGTH))


@patient
@given(stays, shares)
def test_presence_is_what_counting_minutes_gives(found: list[tuple[int, int]], share: Decimal) -> None:
    judged = presence(spans(found), (START, at(LENGTH)), share)
    there = minutes_there(found)
    assert judged.minutes == there
    assert judged.present is (Decimal(there) >= share * LENGTH)
    assert abs(judged.share - Decimal(there) * 100 / LENGTH) <= Decimal("0.005")


@patient
@given(stays)
def test_more_devices_never_take_away_and_never_add_up(found: list[tuple[int, int]]) -> None:
    session = (START, at(LENGTH))
    once = presence(spans(found), session, Decimal("0.8"))
    assert presence(spans(found * 2), session, Decimal("0.8")) == once
    assert presence(spans([*found, (0, 30)]), session, Decimal("0.8")).minutes >= once.minutes
    assert once.minutes <= LENGTH


@patient
@given(stays)
def test_a_union_is_disjoint_ordered_and_covers_the_same(found: list[tuple[int, int]]) -> None:
    merged = union(spans(found))
    assert all(start < end for start, end in merged)
    assert all(before[1] < after[0] for before, after in pairwise(merged))
    for minute in range(-60, LENGTH + 60):
        assert any(start <= at(minute) < end for start, end in merged) is any(
            start <= minute < end for start, end in found
        )


def test_the_example_of_the_power_cut() -> None:
    found = [(2, 49), (71, 133), (90, 133)]
    judged = presence(spans(found), (START, at(LENGTH)), Decimal("0.80"))
    assert (judged.minutes, judged.share, judged.present) == (109, Decimal("80.74"), True)


@pytest.mark.parametrize(("there", "present"), [(107, False), (108, True)])
def test_the_edge_is_inclusive(there: int, present: bool) -> None:
    assert presence(spans([(0, there)]), (START, at(LENGTH)), Decimal("0.80")).present is present


def test_one_second_short_is_short() -> None:
    stay = [(START, at(108) - timedelta(seconds=1))]
    assert not presence(stay, (START, at(LENGTH)), Decimal("0.80")).present


@patient
@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 60),
    st.integers(-5 * 86400, 70 * 86400),
)
def test_progress_is_what_the_calendar_says(first: date, days: int, offset: int) -> None:
    """The oracle writes down each day of the stage and looks the moment's day up in the list."""
    opens = datetime(first.year, first.month, first.day, tzinfo=UTC)
    closes = opens + timedelta(days=days + 1)
    now = opens + timedelta(seconds=offset)
    calendar = [first + timedelta(days=number) for number in range(days + 1)]
    if now.date() in calendar:
        wanted = Progress.RUNNING
    else:
        wanted = Progress.UPCOMING if now.date() < first else Progress.CLOSED
    assert stage_progress(opens, closes, now) is wanted


def test_a_stage_runs_from_its_first_to_its_last_moment() -> None:
    moment = timedelta(microseconds=1)
    found = [stage_progress(START, at(60), now) for now in (START - moment, START, at(60) - moment, at(60))]
    assert found == [Progress.UPCOMING, Progress.RUNNING, Progress.RUNNING, Progress.CLOSED]


@patient
@given(st.sampled_from([None, *AttendanceStatus]), st.integers(0, 40), st.booleans())
def test_jp_is_all_or_nothing(status: AttendanceStatus | None, jp: int, excused: bool) -> None:
    wanted = {
        AttendanceStatus.PRESENT: jp,
        AttendanceStatus.MADE_UP: jp,
        AttendanceStatus.ABSENT: 0,
        None: 0,
    }.get(status, jp if excused else 0)
    assert credited_jp(status, jp, excused_counts=excused) == wanted


def test_every_status_is_counted_excused_or_absent() -> None:
    assert set(AttendanceStatus) == {*COUNTED, *EXCUSED, AttendanceStatus.ABSENT}


moves = st.lists(st.tuples(st.sampled_from([ON_SERVICE, "quiz", "plan"]), st.integers(-30, 30)), max_size=6)


@patient
@given(
    moves,
    st.sampled_from(["quiz", "plan", ON_SERVICE]),
    st.integers(-30, 30),
    st.sets(st.sampled_from(["quiz", "plan"])),
)
def test_a_move_gives_time_unless_it_was_set_earlier_on_purpose(
    found: list[tuple[str, int]], target: str, default: int, sooner: set[str]
) -> None:
    moved = {(1, 1, key): at(minute) for key, minute in found}
    early = {(1, 1, key) for key in sooner}
    due = Deadlines(moved, early).due_at(stage_id=1, school_id=1, target=target, default=at(default))
    newest = dict(found)
    if target in sooner and target in newest:
        assert due == at(newest[target])
    else:
        assert due == at(max([default, *(newest[key] for key in (target, ON_SERVICE) if key in newest)]))
    assert Deadlines(moved).due_at(stage_id=1, school_id=2, target=target, default=at(default)) == at(default)
