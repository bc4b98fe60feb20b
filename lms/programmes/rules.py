"""Pure rules of attendance, JP and deadlines (requirement F6; the shares are settings)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from lms.contract.numbers import percent

Interval = tuple[datetime, datetime]


class AttendanceStatus(StrEnum):
    """What the list says about a participant at a session."""

    PRESENT = "present"
    MADE_UP = "made_up"
    EXCUSED_PERMIT = "excused_permit"
    EXCUSED_SICK = "excused_sick"
    EXCUSED_DUTY = "excused_duty"
    ABSENT = "absent"


COUNTED = frozenset({AttendanceStatus.PRESENT, AttendanceStatus.MADE_UP})
EXCUSED = frozenset(
    {AttendanceStatus.EXCUSED_PERMIT, AttendanceStatus.EXCUSED_SICK, AttendanceStatus.EXCUSED_DUTY}
)


class Progress(StrEnum):
    """Where a stage stands on a day."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Presence:
    """Minutes of a session in which a person was there, and whether that is enough."""

    minutes: Decimal
    share: Decimal
    """Percent of the session, 2 decimals."""
    present: bool


def presence(intervals: Iterable[Interval], session: Interval, minimum_share: Decimal) -> Presence:
    """Judge the union of ``intervals`` clipped to ``session``; two phones never add up."""
    total = session[1] - session[0]
    inside = union(_clip(interval, session) for interval in intervals)
    there = sum((end - start for start, end in inside), timedelta())
    enough = Decimal(there // timedelta(microseconds=1)) >= minimum_share * Decimal(
        total // timedelta(microseconds=1)
    )
    return Presence(_minutes(there), percent(_minutes(there), _minutes(total)), enough)


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Disjoint intervals that cover the same time; empty and reversed ones vanish."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def credited_jp(status: AttendanceStatus | None, jp: int, *, excused_counts: bool) -> int:
    """JP of a session for a status: all or nothing; permits only when the programme says so."""
    counts = status in COUNTED or (excused_counts and status in EXCUSED)
    return jp if counts else 0


def stage_span(starts_on: date, ends_on: date, zone: tzinfo) -> Interval:
    """From the first midnight of a stage's days to the one after its last day, which is not part of it any more."""
    return datetime.combine(starts_on, time(), zone), datetime.combine(
        ends_on + timedelta(days=1), time(), zone
    )


def stage_progress(opens_at: datetime, closes_at: datetime, now: datetime) -> Progress:
    """Where a stage stands at ``now``."""
    if now < opens_at:
        return Progress.UPCOMING
    return Progress.RUNNING if now < closes_at else Progress.CLOSED


def _clip(interval: Interval, session: Interval) -> Interval:
    return max(interval[0], session[0]), min(interval[1], session[1])


def _minutes(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(seconds=1)) / 60
