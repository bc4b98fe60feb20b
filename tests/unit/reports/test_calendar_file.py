"""A calendar's file, read by a parser that had no part in writing it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject

from lms.reports.calendar_file import Entry, calendar_file

NOW = datetime(2020, 10, 20, 2, tzinfo=UTC)
DUE = datetime(2020, 10, 27, 9, tzinfo=UTC)


def entry(**more: Any) -> Entry:
    known = {
        "key": "task.1",
        "title": "Kuis",
        "href": "/kuis/1",
        "starts_at": DUE,
        "ends_at": None,
        "note": "",
        "zone": "Asia/Jakarta",
    }
    return Entry(**known | more)


def written(*entries: Entry) -> bytes:
    return calendar_file(entries, name="Agenda Imbas", address="https://imbas.example:8443", now=NOW)


def read(*entries: Entry) -> Any:
    return vobject.readOne(written(*entries).decode())


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Jakarta", 16), ("Asia/Makassar", 17), ("Asia/Jayapura", 18), ("UTC", 9)]
)
def test_a_deadline_stands_at_the_hour_of_its_zone(zone: str, hour: int) -> None:
    event = read(entry(zone=zone)).vevent
    for moment in (event.dtstart.value, event.dtend.value):
        assert moment == DUE
        assert (moment.hour, moment.utcoffset()) == (hour, timedelta(hours=hour - 9))


def test_zones_bring_their_rules_so_that_any_program_knows_them() -> None:
    calendar = read(entry(zone="Asia/Makassar"), entry(key="task.2", zone="Asia/Jayapura"))
    assert sorted(zone.tzid.value for zone in calendar.vtimezone_list) == ["Asia/Jayapura", "Asia/Makassar"]


def test_a_session_has_a_length() -> None:
    event = read(entry(ends_at=DUE + timedelta(hours=2))).vevent
    assert event.dtend.value - event.dtstart.value == timedelta(hours=2)
    assert event.transp.value == "OPAQUE"


@pytest.mark.parametrize(
    "title",
    [
        "Rapat, dengan; titik dua: dan \\ garis",
        "Baris satu\nbaris dua",
        "Bukti " * 60,
        "Ibu Nur’aini 🌱 ꦧꦏꦸꦃ",
        "BEGIN:VEVENT\r\nUID:palsu\r\nEND:VEVENT",
    ],
)
def test_whatever_people_wrote_comes_back_as_they_wrote_it(title: str) -> None:
    body = written(entry(title=title, note=title))
    event = vobject.readOne(body.decode()).vevent
    assert event.summary.value == title.replace("\r\n", "\n")
    assert len(vobject.readOne(body.decode()).vevent_list) == 1, (
        "nobody writes events into another's calendar"
    )
    assert max(map(len, body.split(b"\r\n"))) <= 75, "RFC 5545, 3.1"
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_a_moved_deadline_moves_its_event() -> None:
    before, after = read(entry()).vevent, read(entry(starts_at=DUE + timedelta(days=3))).vevent
    assert before.uid.value == after.uid.value == "task.1@imbas.example"
    assert after.dtstart.value - before.dtstart.value == timedelta(days=3)
    assert after.url.value == "https://imbas.example:8443/kuis/1"


def test_a_calendar_without_entries_is_one() -> None:
    calendar = read()
    assert calendar.prodid.value
    assert not hasattr(calendar, "vevent")
