"""From a report to the attendance list: presence by the rule, each person's devices taken together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.numbers import percent
from lms.contract.text import Text, stored, text_of
from lms.people import api as people
from lms.platform.long_lists import among
from lms.programmes.attendance.name_matching import Directory, Match, Participant
from lms.programmes.attendance.recording import Presence
from lms.programmes.attendance.zoom_report import Guest, Report, split_name
from lms.programmes.models import Enrolment, InServiceSession
from lms.programmes.rules import AttendanceStatus, Interval, presence
from lms.programmes.rules import Presence as Judged


@dataclass(frozen=True, slots=True)
class Device:
    """A guest with the participants that it may be; made of plain values to travel through a form."""

    name: str
    stays: tuple[tuple[int, int], ...]
    """Seconds since 1970, UTC."""
    minutes: int | None
    enrolment_ids: tuple[int, ...]
    sure: bool
    unread: tuple[Text, ...] = ()
    """Which cells of the report could not be read."""

    @property
    def is_told(self) -> bool:
        """Whether the report says how long; times that nobody can read are no absence."""
        return bool(self.stays) or self.minutes is not None

    def packed(self) -> list[Any]:
        """For a signed form field."""
        unread = [stored(text) for text in self.unread]
        return [self.name, self.stays, self.minutes, self.enrolment_ids, self.sure, unread]

    @classmethod
    def unpacked(cls, value: Sequence[Any]) -> "Device":
        """What ``packed`` gave."""
        name, stays, minutes, ids, sure, unread = value
        texts = tuple(map(text_of, unread))
        return cls(name, tuple((a, b) for a, b in stays), minutes, tuple(ids), sure, texts)


def directory(session: Session, programme_id: int, school_ids: frozenset[int] | None) -> Directory:
    """The participants of a programme, to be found by name; only of some schools unless None. One query."""
    query = (
        select(Enrolment.id, people.Person.full_name, people.School)
        .join(people.Person, people.Person.id == Enrolment.person_id)
        .join(people.School, people.School.id == Enrolment.school_id)
        .where(Enrolment.programme_id == programme_id)
    )
    if school_ids is not None:
        query = query.where(among(Enrolment.school_id, school_ids))
    rows = session.execute(query)
    return Directory(
        Participant(row[0], row[1], (row[2].name, row[2].short_name, *map(str, row[2].aliases)))
        for row in rows
    )


def devices_of(report: Report, known: Directory) -> list[Device]:
    """The guests with their matches; doubtful ones first, for they need a person."""
    found = [
        _device(guest, known.match([guest.name, *filter(None, (guest.original,))])) for guest in report.guests
    ]
    return sorted(found, key=lambda entry: (entry.sure, not entry.enrolment_ids, entry.name.casefold()))


def named(typed: str, known: Directory) -> int | None:
    """The participant whom somebody wrote as ``Siti Aminah`` or ``Siti Aminah (SDN 26)``; None when not exactly one."""
    name, _school = split_name(typed)
    match = known.match([name, typed])
    return match.enrolment_ids[0] if match.sure else None


def judge(devices: Iterable[Device], taught: InServiceSession, minimum_share: Decimal) -> Judged:
    """Presence of one person by all of the person's devices: the union, never the sum.

    Minutes that a report tells without times count when they are more than the union.
    """
    all_of_them = list(devices)
    stays: list[Interval] = [
        (_moment(start), _moment(end)) for device in all_of_them for start, end in device.stays
    ]
    by_times = presence(stays, (taught.starts_at, taught.ends_at), minimum_share)
    length = Decimal(int((taught.ends_at - taught.starts_at) / timedelta(minutes=1)))
    minutes = min(length, Decimal(max((device.minutes or 0 for device in all_of_them), default=0)))
    if minutes <= by_times.minutes:
        return by_times
    return Judged(minutes, percent(minutes, length), minutes >= minimum_share * length)


def needs_minutes(
    devices: Sequence[Device], taught: InServiceSession, minimum_share: Decimal
) -> Device | None:
    """The device whose unreadable time decides whether its owner was absent; None when none does."""
    untold = next((device for device in devices if not device.is_told), None)
    return None if untold is None or judge(devices, taught, minimum_share).present else untold


def entries_of(
    choices: Mapping[int, Sequence[Device]], taught: InServiceSession, minimum_share: Decimal, reason: str
) -> dict[int, Presence]:
    """What shall stand on the list, by enrolment."""
    entries = {}
    for enrolment_id, devices in choices.items():
        judged = judge(devices, taught, minimum_share)
        status = AttendanceStatus.PRESENT if judged.present else AttendanceStatus.ABSENT
        entries[enrolment_id] = Presence(status, int(judged.minutes), reason, "zoom")
    return entries


def _device(guest: Guest, match: Match) -> Device:
    stays = tuple((int(start.timestamp()), int(end.timestamp())) for start, end in guest.stays)
    shown = f"{guest.name} ({guest.original})" if guest.original else guest.name
    found = Device(shown, stays, guest.minutes, match.enrolment_ids, match.sure, guest.unread)
    doubtful = guest.unread or guest.one_of > 1 or not found.is_told
    return replace(found, sure=False) if doubtful else found


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
