"""A calendar as a file (RFC 5545), for the programs that people keep their days in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

ASK_AGAIN = timedelta(hours=6)
"""How long a program is asked to wait before it fetches an address again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of somebody's calendar: a session from ``starts_at`` to ``ends_at``, or a deadline (``ends_at`` None).

    Times are aware UTC; ``zone`` is the time zone in which they are shown. ``href`` is a path of this installation.
    """

    key: str
    title: str
    href: str
    starts_at: datetime
    ends_at: datetime | None
    note: str
    zone: str


def calendar_file(entries: Iterable[Entry], *, name: str, address: str, now: datetime) -> bytes:
    """The calendar called ``name``; ``address`` is that of the installation, without a slash at its end.

    A deadline is an event without length: programs that people use show no ``VTODO`` of a subscribed calendar. Each time
    stands in its zone, with the zone's rules beside it, so that a phone in Makassar shows the hour of Makassar.
    """
    from icalendar import Calendar, Event  # with the first calendar: most processes never write one

    calendar = Calendar()
    calendar.add("prodid", "-//Imbas//Imbas//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    host = urlsplit(address).hostname
    for entry in entries:
        zone = ZoneInfo(entry.zone)
        event = Event()
        event.add("uid", f"{entry.key}@{host}")
        event.add("dtstamp", now)
        event.add("summary", entry.title)
        event.add("dtstart", entry.starts_at.astimezone(zone))
        event.add("dtend", (entry.ends_at or entry.starts_at).astimezone(zone))
        event.add("url", f"{address}{entry.href}")
        event.add("description", "\n".join(filter(None, (entry.note, f"{address}{entry.href}"))))
        event.add("transp", "OPAQUE" if entry.ends_at else "TRANSPARENT")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
