"""Reads who was in a video meeting from the report that Zoom gives (CSV, or saved again by Excel).

Pure. Knows the shapes met so far: with and without the block about the meeting, old and new column
names, English and Indonesian, unique users with a total instead of times, several date orders.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lms.contract.errors import Invalid
from lms.contract.normalise import clean_text, fold
from lms.contract.text import CalendarDay, Text, message
from lms.programmes.attendance.zoom_rows import Row, Rows, has_header, read_rows, without_repeats
from lms.programmes.attendance.zoom_times import read_minutes, read_moment
from lms.programmes.rules import Interval, union

_CLEARLY = 1.25
"""People who come late and stay on shift a few minutes, a wrong zone shifts whole hours."""
_RECONNECT = timedelta(minutes=2)
"""So long a lost connection may still be listed when its owner is back already."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in the meeting: the name shown, the name in brackets, and when this device was there."""

    name: str
    original: str
    email: str
    stays: tuple[Interval, ...]
    """Disjoint, by time; empty without times that can be read."""
    minutes: int | None
    """What the report says of rows without times; it cannot be clipped. None when it says nothing readable."""
    unread: tuple[Text, ...] = ()
    """Which cells could not be read."""
    one_of: int = 1
    """How many guests of this name were there at once."""


@dataclass(frozen=True, slots=True)
class Report:
    """A meeting. ``waited``: rows of people who never got past the waiting room.

    ``own_zone``: the file itself says in which zone its times are.
    """

    guests: tuple[Guest, ...]
    timed: bool
    waited: int
    own_zone: bool = False


@dataclass(frozen=True, slots=True)
class _Stay:
    """What a row says: an interval, or minutes, or neither."""

    row: Row
    interval: Interval | None
    minutes: Decimal | None
    own_zone: bool = False


def read_report(*files: Rows, zone: str, session: Interval) -> Report:
    """The guests of one meeting by the reports of its parts, whose times are in ``zone``.

    Raises Invalid for a file that is no such report, or whose times lie outside ``session``.
    """
    found = without_repeats([list(read_rows(rows)) for rows in files])
    inside = [row for row in found if row.waiting.strip().lower() not in {"yes", "ya", "true"}]
    if not inside:
        raise _no_guests([row for rows in files for row in rows])
    timed = any(row.join or row.leave for row in inside)
    stays = _stays(inside, ZoneInfo(zone), session, timed=timed)
    guests = tuple(guest for of_one_name in _by_name(stays) for guest in _guests(of_one_name, timed=timed))
    return Report(guests, timed, len(found) - len(inside), any(stay.own_zone for stay in stays))


def better_zone(report: Report, *, zone: str, others: Iterable[str], session: Interval) -> str:
    """One of ``others`` in which people were in the session clearly longer than in ``zone``; else empty."""
    if report.own_zone:
        return ""
    best, longest = "", _CLEARLY * _time_in_session(report, zone, zone, session)
    for other in others:
        there = _time_in_session(report, zone, other, session)
        if there > longest:
            best, longest = other, there
    return best


def _time_in_session(report: Report, zone: str, other: str, session: Interval) -> timedelta:
    """What all stays add up to when the clock that was read in ``zone`` shows the time of ``other``."""
    there = timedelta()
    for guest in report.guests:
        for stay in guest.stays:
            start, end = (
                moment.astimezone(ZoneInfo(zone)).replace(tzinfo=ZoneInfo(other)) for moment in stay
            )
            there += max(min(end, session[1]) - max(start, session[0]), timedelta())
    return there


def split_name(shown: str) -> tuple[str, str]:
    """``Siti Rahmawati (iPhone Siti)`` -> name and original name; the second may be empty."""
    shown = clean_text(shown)
    match = re.fullmatch(r"(.*?) ?\((.*)\)", shown)
    return (match[1], match[2].strip()) if match and match[1] else (shown, "")


def _no_guests(rows: Rows) -> Invalid:
    """Why nobody is in a file, as exactly as it can be said."""
    if not any(cell.strip() for row in rows for cell in row):
        why = message("Berkas ini kosong.")
    elif not has_header(rows):
        why = message("Kolom nama dan waktu tidak ditemukan.")
    else:
        why = message("Tidak ada yang masuk rapat di laporan ini.")
    return Invalid(
        message(
            "Berkas ini tidak dapat dipakai sebagai laporan peserta Zoom. Belum ada yang disimpan. "
            "Unduh Participants Report dari Zoom, lalu unggah di sini."
        ),
        fields={"file": why},
    )


def _stays(rows: Sequence[Row], zone: ZoneInfo, session: Interval, *, timed: bool) -> list[_Stay]:
    """What each row says, by the order of day and month under which most of them meet the session.

    A row that meets it in the other order only is of a machine that writes the other way: a spreadsheet turns
    some cells of a column into days of its own and leaves the rest. One whose day and month a spreadsheet has
    exchanged for good counts as unread: it may be of another meeting.
    """
    if not timed:
        return [_Stay(row, None, read_minutes(row.minutes, unit=row.unit)) for row in rows]
    tried = [[_stay(row, month_first, zone, session) for row in rows] for month_first in (True, False)]
    best, other = sorted(
        tried,
        key=lambda stays: (_met(stays, session), sum(stay.interval is not None for stay in stays)),
        reverse=True,
    )
    if _met(best, session):
        return [_meeting(stay, second, session) for stay, second in zip(best, other, strict=True)]
    raise _no_times(best, zone, session)


def _meeting(stay: _Stay, second: _Stay, session: Interval) -> _Stay:
    """The reading of a row that meets the session, if one does."""
    if _met([stay], session):
        return stay
    if _met([second], session):
        return second
    if _met([_exchanged(stay)], session):
        return _Stay(stay.row, None, read_minutes(stay.row.minutes, unit=stay.row.unit))
    return stay


def _exchanged(stay: _Stay) -> _Stay:
    """With day and month in each other's place, as Excel takes 10/07/2020 of another country; else as it is."""
    if stay.interval is None or any(moment.day > 12 for moment in stay.interval):
        return stay
    start, end = (moment.replace(month=moment.day, day=moment.month) for moment in stay.interval)
    return replace(stay, interval=(start, end))


def _met(stays: Iterable[_Stay], session: Interval) -> int:
    intervals = [stay.interval for stay in stays if stay.interval is not None]
    return sum(start < session[1] and end > session[0] for start, end in intervals)


def _stay(row: Row, month_first: bool, zone: ZoneInfo, session: Interval) -> _Stay:
    today = session[0].astimezone(zone).date()
    start, end = (read_moment(text, month_first=month_first, today=today) for text in (row.join, row.leave))
    minutes = read_minutes(row.minutes, unit=row.unit)
    own_zone = any(moment is not None and moment.tzinfo is not None for moment in (start, end))
    start, end = _in_zone(start, zone), _in_zone(end, zone)
    if start is None or end is None or start >= end:
        return _Stay(row, None, minutes)
    return _Stay(row, (start, end), None, own_zone)


def _in_zone(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.replace(tzinfo=zone) if moment is not None and moment.tzinfo is None else moment


def _by_name(stays: Iterable[_Stay]) -> Iterable[list[_Stay]]:
    """Rows of one name and address together, apart when the names in brackets differ."""
    named: dict[tuple[str, str], list[_Stay]] = {}
    for stay in stays:
        named.setdefault((fold(split_name(stay.row.name)[0]), stay.row.email.casefold()), []).append(stay)
    for group in named.values():
        originals = {fold(split_name(stay.row.name)[1]) for stay in group} - {""}
        if len(originals) < 2:
            yield group
            continue
        for original in (*sorted(originals), ""):
            if part := [stay for stay in group if fold(split_name(stay.row.name)[1]) == original]:
                yield part


def _guests(stays: Sequence[_Stay], *, timed: bool) -> list[Guest]:
    """The guests behind rows of one name: who was there twice at once is two, unless one address proves one."""
    if not timed:
        parts = [[stay] for stay in stays] if not stays[0].row.email else [list(stays)]
        return [_guest(part, timed=False, one_of=len(parts)) for part in parts]
    chains: list[list[_Stay]] = []
    ends: list[datetime] = []
    told = [(stay.interval, stay) for stay in stays if stay.interval is not None]
    for (start, end), stay in sorted(told, key=lambda entry: entry[0]):
        free = [at for at, until in enumerate(ends) if start >= until - _RECONNECT or stay.row.email]
        if free:  # who left last is the likeliest to be back
            at = max(free, key=lambda chain: ends[chain])
            chains[at].append(stay)
            ends[at] = max(ends[at], end)
        else:
            chains.append([stay])
            ends.append(end)
    untold = [[stay] for stay in stays if stay.interval is None]
    return [_guest(part, timed=True, one_of=len(chains) + len(untold)) for part in (*chains, *untold)]


def _guest(stays: Sequence[_Stay], *, timed: bool, one_of: int) -> Guest:
    name, original = "", ""
    for stay in stays:
        shown, in_brackets = split_name(stay.row.name)
        name, original = name or shown, original or in_brackets
    intervals = tuple(union(stay.interval for stay in stays if stay.interval is not None))
    minutes = [stay.minutes for stay in stays if stay.minutes is not None]
    unread = tuple(
        _unread(stay.row) for stay in stays if stay.interval is None and (timed or stay.minutes is None)
    )
    return Guest(
        name, original, stays[0].row.email, intervals, int(max(minutes)) if minutes else None, unread, one_of
    )


def _unread(row: Row) -> Text:
    """Which cell of a row nobody can read."""
    cells = " - ".join(filter(None, (row.join, row.leave)))[:60]
    if cells:
        return message("Baris %(number)s: jam tidak terbaca (“%(cells)s”).", number=row.number, cells=cells)
    return message(
        "Baris %(number)s: lama hadir tidak terbaca (“%(reason)s”).",
        number=row.number,
        reason=row.minutes[:60],
    )


def _no_times(stays: Sequence[_Stay], zone: ZoneInfo, session: Interval) -> Invalid:
    """Why no row meets the session: unreadable times, another day, or another zone."""
    days = sorted({stay.interval[0].astimezone(zone).date() for stay in stays if stay.interval is not None})
    today = session[0].astimezone(zone).date()
    if not days:
        return Invalid(_NOT_OF_THE_SESSION, fields={"file": _unread(stays[0].row)})
    if _met(map(_exchanged, stays), session):
        text = message(
            "Hari dan bulan di berkas ini tertukar (%(day)s), biasanya oleh Excel. "
            "Unduh laporannya lagi dari Zoom dan unggah tanpa membukanya di Excel.",
            day=CalendarDay(days[0]),
        )
        return Invalid(_NOT_OF_THE_SESSION, fields={"file": text})
    if all(abs((day - today).days) > 1 for day in days):
        text = message(
            "Tidak ada yang hadir pada jam sesi: berkas ini tanggal %(day)s, sesi tanggal %(today)s.",
            day=CalendarDay(days[0]),
            today=CalendarDay(today),
        )
        return Invalid(_NOT_OF_THE_SESSION, fields={"file": text})
    return Invalid(
        _NOT_OF_THE_SESSION,
        fields={"zone": message("Tidak ada yang hadir pada jam sesi.")},
    )


_NOT_OF_THE_SESSION = message("Jam di berkas ini tidak cocok dengan jam sesi. Belum ada yang disimpan.")
