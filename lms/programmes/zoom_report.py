"""Reads who was in a video meeting from the report that Zoom gives (CSV, or saved again by Excel).

Pure. Knows the shapes met so far: with and without the block about the meeting, old and new column
names, English and Indonesian, unique users with a total instead of times, several date orders.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lms.contract.errors import Invalid
from lms.contract.text import Text
from lms.programmes.rules import Interval, union

Rows = Sequence[Sequence[str]]

_COLUMNS = {
    "name": re.compile(r"^(user )?name\b|^nama\b"),
    "email": re.compile(r"e-?mail|surel"),
    "join": re.compile(r"^join time|^(waktu|jam) (bergabung|masuk|gabung)"),
    "leave": re.compile(r"^leave time|^(waktu|jam) (keluar|meninggalkan|berakhir)"),
    "minutes": re.compile(r"duration|durasi|time in session"),
    "waiting": re.compile(r"waiting room|ruang tunggu"),
}
_FORMATS = tuple(
    f"{day} {clock}"
    for day in ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%m/%d/%y", "%d/%m/%y", "%d-%m-%Y", "%b %d, %Y", "%d %b %Y")
    for clock in ("%I:%M:%S %p", "%H:%M:%S", "%I:%M %p", "%H:%M", "%H.%M.%S", "%H.%M")
)  # fmt: skip
_CLEARLY = 1.25
"""People who come late and stay on shift a few minutes, a wrong zone shifts whole hours."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in the meeting: the name shown, the name in brackets, and when this device was there."""

    name: str
    original: str
    email: str
    stays: tuple[Interval, ...]
    """Disjoint, by time; empty in a report without times."""
    minutes: int | None
    """The report's own total, only in a report without times: it cannot be clipped."""


@dataclass(frozen=True, slots=True)
class Report:
    """A meeting. ``waited``: rows of people who never got past the waiting room."""

    guests: tuple[Guest, ...]
    timed: bool
    waited: int


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    email: str
    join: str
    leave: str
    minutes: str
    waiting: str


def read_report(rows: Rows, *, zone: str, session: Interval) -> Report:
    """The guests of a report whose times are in ``zone``.

    Raises Invalid for a file that is no such report, or whose times lie outside ``session``.
    """
    found = list(_rows(rows))
    inside = [row for row in found if row.waiting.strip().lower() not in {"yes", "ya", "true"}]
    if not inside:
        raise _no_guests(rows)
    timed = any(row.join for row in inside)
    stays = _stays(inside, ZoneInfo(zone), session) if timed else [None] * len(inside)
    guests: dict[tuple[str, str], list[tuple[_Row, Interval | None]]] = {}
    for row, stay in zip(inside, stays, strict=True):
        guests.setdefault((split_name(row.name)[0].casefold(), row.email.casefold()), []).append((row, stay))
    return Report(
        tuple(_guest(entries, timed=timed) for entries in guests.values()), timed, len(found) - len(inside)
    )


def better_zone(report: Report, *, zone: str, others: Iterable[str], session: Interval) -> str:
    """One of ``others`` in which people were in the session clearly longer than in ``zone``; else empty."""
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
    match = re.fullmatch(r"(.*?)\s*\((.*)\)\s*", shown)
    name, original = (match[1], match[2]) if match and match[1] else (shown, "")
    return " ".join(name.split()), " ".join(original.split())


def _no_guests(rows: Rows) -> Invalid:
    """Why nobody is in a file, as exactly as it can be said."""
    if not any(cell.strip() for row in rows for cell in row):
        why = Text("Berkas ini kosong.", "This file is empty.")
    elif not any(_header(row) for row in rows):
        why = Text("Kolom nama dan waktu tidak ditemukan.", "No columns of name and time.")
    else:
        why = Text("Tidak ada yang masuk rapat di laporan ini.", "Nobody entered the meeting in this report.")
    return Invalid(
        Text(
            "Berkas ini tidak dapat dipakai sebagai laporan peserta Zoom. Belum ada yang disimpan. "
            "Unduh Participants Report dari Zoom, lalu unggah di sini.",
            "This file is of no use as a participant report of Zoom. Nothing was saved. "
            "Download the report there and upload it.",
        ),
        fields={"file": why},
    )


def _rows(rows: Rows) -> Iterable[_Row]:
    """Lines under each header that names a person and a time; what stands elsewhere is not read."""
    columns: dict[str, int] = {}
    for row in rows:
        header = _header(row)
        if header:
            columns = header
        elif columns:
            cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
            if cells["name"]:
                yield _Row(
                    cells["name"], cells.get("email", ""), cells.get("join", ""), cells.get("leave", ""),
                    cells.get("minutes", ""), cells.get("waiting", ""),
                )  # fmt: skip


def _header(row: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        for name, pattern in _COLUMNS.items():
            if name not in found and pattern.search(" ".join(cell.lower().split())):
                found[name] = at
                break
    complete = "name" in found and (found.keys() >= {"join", "leave"} or "minutes" in found)
    return found if complete else {}


def _stays(rows: Sequence[_Row], zone: ZoneInfo, session: Interval) -> list[Interval | None]:
    """Each row's interval, by the date order under which most of them meet the session."""
    best: list[Interval | None] = []
    best_score = (0, 0)
    for pattern in _FORMATS:
        stays = [_stay(row, pattern, zone) for row in rows]
        met = sum(stay is not None and stay[0] < session[1] and stay[1] > session[0] for stay in stays)
        score = (met, sum(stay is not None for stay in stays))
        if score > best_score:
            best, best_score = stays, score
    if not best_score[0]:
        raise Invalid(
            Text(
                "Jam di berkas ini tidak cocok dengan jam sesi. Belum ada yang disimpan. "
                "Periksa berkasnya dan zona waktunya.",
                "The times in this file do not meet the session. Nothing was saved. "
                "Check the file and its time zone.",
            ),
            fields={"zone": Text("Tidak ada yang hadir pada jam sesi.", "Nobody was there in session time.")},
        )
    return best


def _stay(row: _Row, pattern: str, zone: ZoneInfo) -> Interval | None:
    try:
        start = datetime.strptime(row.join.replace("T", " "), pattern).replace(tzinfo=zone)
        end = datetime.strptime(row.leave.replace("T", " "), pattern).replace(tzinfo=zone)
    except ValueError:
        return None
    return (start, end) if start < end else None


def _guest(entries: Sequence[tuple[_Row, Interval | None]], *, timed: bool) -> Guest:
    name, original = "", ""
    for row, _stay_of_row in entries:
        shown, in_brackets = split_name(row.name)
        name, original = name or shown, original or in_brackets
    minutes = [int(float(row.minutes.replace(",", "."))) for row, _none in entries if _is_number(row.minutes)]
    return Guest(
        name, original, entries[0][0].email,
        tuple(union(stay for _row, stay in entries if stay is not None)),
        None if timed else max(minutes, default=0),
    )  # fmt: skip


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{1,5}([.,]\d+)?", text) is not None
