"""Moments and lengths of time as Zoom, spreadsheets and people write them, in English and Indonesian. Pure."""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from lms.contract.normalise import clean_text
from lms.contract.parsing import FIRST_DAY, LAST_DAY

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan januari january",
            "feb februari february pebruari peb",
            "mar maret march mrt",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu ags agt agst agustus aug august",
            "sep sept september",
            "okt oct oktober october",
            "nov november nopember nop",
            "des dec desember december",
        ),
        start=1,
    )
    for word in words.split()
}
_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>\d{4}|\d{2})(?!\d)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})(?P<sep>[-/.])(?P<second>\d{1,2})(?P=sep)(?P<third>\d{1,2})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .\-]*\b(?P<word>{_WORD})\b[ .,\-]*{_YEAR}",
        rf"\b(?P<word>{_WORD})\b[ .]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ,]+{_YEAR}",
        r"(?<!\d)(?P<one>\d{1,2})(?P<sep>[-/.])(?P<two>\d{1,2})(?P=sep)(?P<year>\d{4})(?!\d)",
        r"(?<![\d.])(?P<one>\d{1,2})(?P<sep>[-/.])(?P<two>\d{1,2})(?P=sep)(?P<year>\d{2})(?![\d.])",
    )
)
_CLOCK = re.compile(
    r"(?<![\d.:])(?P<hour>\d{1,2})(?P<sep>[:.])(?P<minute>\d{2})(?:(?P=sep)(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?![\d:])"
    r" ?(?P<half>[ap]\.?m\b\.?|pagi\b|siang\b|sore\b|malam\b)?"
)
_ZONE = re.compile(
    r"(?:(?P<name>wib|wita|wit|z|utc|gmt)(?![a-z])|(?<=\d) ?(?=[+-]))? ?(?:(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?)?$"
)
_HOURS_OF = {"wib": 7, "wita": 8, "wit": 9}
_SERIAL = re.compile(r"(?P<days>[345]\d{4})(?:[.,](?P<part>\d+))?")
"""A spreadsheet's count of days: from 1982 to 2064."""


def read_moment(written: str, *, month_first: bool, today: date) -> datetime | None:
    """The moment that ``written`` means; None when it is none. Without a zone in the text it is naive.

    ``month_first`` decides what 10/07/2020 is; ``today`` is the day of a time that stands alone.
    """
    text = clean_text(written).lower()
    if serial := _SERIAL.fullmatch(text):
        part = Decimal(f"0.{serial['part'] or 0}")
        return datetime(1899, 12, 30) + timedelta(days=int(serial["days"]), seconds=round(part * 86400))  # noqa: DTZ001
    text = re.sub(r"(?<=\d)t(?=\d)", " ", text)
    for day, rest in _days(text, month_first):
        if (moment := _at(day, rest)) is not None:
            return moment
    return _at(today, text) if _CLOCK.match(text) else None


def read_minutes(written: str, *, unit: str = "") -> Decimal | None:
    """Minutes that a length of time means; None for what cannot be told for sure, such as 1.085 and 3.05.

    Understands 185, 185.0, 03:05:00, 3:05, ``3 h 5 min``, ``3 jam 5 menit``. ``unit``: of a bare number, by
    the heading of its column: "seconds", "hours", else minutes.
    """
    text = clean_text(written).lower()
    if clock := re.fullmatch(r"(\d{1,4})([:.])(\d{2})\2(\d{2})(?:[.,]\d{1,9})?", text):
        return _whole(int(clock[1]) * 60 + int(clock[3]), int(clock[4])) if int(clock[3]) < 60 else None
    if clock := re.fullmatch(r"(\d{1,4}):(\d{2})", text):
        first, second = int(clock[1]), int(clock[2])
        return None if second > 59 else Decimal(first * 60 + second) if first < 24 else _whole(first, second)
    if worded := _WORDED.fullmatch(text):
        hours, minutes, seconds = (_number(worded[name] or "0") for name in ("h", "m", "s"))
        return hours * 60 + minutes + seconds / 60 if any(worded.groups()) else None
    return _bare(text, unit)


def _bare(text: str, unit: str) -> Decimal | None:
    if not re.fullmatch(r"\d{1,6}(?:[.,]\d+)?", text):
        return None
    before, _, behind = text.replace(",", ".").partition(".")
    if len(behind) == 3 and 0 < len(before) < 3 and before != "0":
        return None  # 1.085 may be a thousand or hardly more than one
    if not unit and re.fullmatch(r"[1-9]\.[0-5]\d", text):
        return None  # 3.05 is three hours and five minutes where clocks are written with a point
    number = Decimal(text.replace(",", "."))
    if before == "0" and len(behind) > 3:
        return round(number * 24 * 60 * 60) / Decimal(60)  # a spreadsheet's part of a day
    return number / 60 if unit == "seconds" else number * 60 if unit == "hours" else number


_PART = r"(?:(?P<{name}>\d{{1,5}}(?:[.,]\d{{1,2}})?) ?(?:{words})\.?[ ,]*(?:and |dan )?)?"
_WORDED = re.compile(
    "(?:pt)?"
    + _PART.format(name="h", words="h|hr|hrs|hour|hours|jam|j")
    + _PART.format(name="m", words="m|min|mins|minute|minutes|mnt|menit|mt")
    + _PART.format(name="s", words="s|sec|secs|second|seconds|dtk|detik|d")
)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _whole(minutes: int, seconds: int) -> Decimal | None:
    return minutes + Decimal(seconds) / 60 if seconds < 60 else None


def _days(text: str, month_first: bool) -> list[tuple[date, str]]:
    """The dates that stand in ``text``, each with what is left of it."""
    found = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            named = match.groupdict()
            year = int(named["year"]) + (2000 if len(named["year"]) == 2 else 0)
            if "word" in named:
                month, day = _MONTHS[named["word"]], int(named["day"])
            elif "third" in named:
                month, day = int(named["second"]), int(named["third"])
            else:
                one, two = int(named["one"]), int(named["two"])
                month, day = (one, two) if month_first else (two, one)
            with suppress(ValueError):  # no such day, at least in this order
                on = date(year, month, day)
                if FIRST_DAY <= on <= LAST_DAY:
                    found.append((on, f"{text[: match.start()]} {text[match.end() :]}"))
    return found


def _at(day: date, rest: str) -> datetime | None:
    """The time in ``rest`` on ``day``, with the zone that stands there."""
    clock = _CLOCK.search(rest)
    if clock is None or re.search(r"\d", rest[: clock.start()]):
        return None
    behind = rest[clock.end() :].strip(" ()")  # "(GMT+07:00)"
    zone = _ZONE.fullmatch(behind)
    if behind and zone is None:
        return None
    hour = _of_24(int(clock["hour"]), clock["half"] or "")
    minute, second = int(clock["minute"]), int(clock["second"] or 0)
    try:
        return datetime.combine(day, time(hour, minute, second), _offset(zone))
    except ValueError:
        return None


def _of_24(hour: int, half: str) -> int:
    """The hour of a day's 24 that "am", "pm" or a part of the day means; as it is without, and above 12.

    Midday (siang) lies from ten to three, and twelve at night (malam) is the day's beginning.
    """
    if not half or hour > 12:
        return hour
    if half == "siang":
        return hour if hour >= 6 else hour + 12
    after_noon = half.startswith(("pm", "p.m", "sore")) or (half == "malam" and hour < 12)
    return hour % 12 + (12 if after_noon else 0)


def _offset(zone: "re.Match[str] | None") -> timezone | None:
    """The zone that is written; raises ValueError for a distance of more than a day."""
    if zone is None or not (zone["name"] or zone["sign"]):
        return None
    hours = _HOURS_OF.get(zone["name"] or "", 0)
    if zone["sign"]:
        minutes = int(zone["hours"]) * 60 + int(zone["minutes"] or 0)
        return timezone(timedelta(minutes=-minutes if zone["sign"] == "-" else minutes))
    return timezone(timedelta(hours=hours))
