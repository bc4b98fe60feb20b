"""How dates, times, numbers and sizes are written. Every time carries its zone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_time_format
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from lms.contract.catalogues import CORE, catalogue, languages
from lms.contract.numbers import figure, grouped, percentage
from lms.contract.sentences import ended, lower_first, upper_first
from lms.contract.text import Message, counted_message
from lms.web.i18n import locale, shown, zone

_ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}


def zone_name(moment: datetime) -> str:
    """WIB, WITA or WIT for an Indonesian offset, else the offset itself."""
    offset = moment.utcoffset() or timedelta()
    hours = offset.total_seconds() / 3600
    return _ZONE_NAMES.get(int(hours), f"UTC{hours:+g}") if hours == int(hours) else f"UTC{hours:+g}"


def long_date(value: date | datetime, zone_key: str, language: str) -> str:
    """``Selasa, 27 Oktober 2020``; a datetime is first taken to its zone."""
    day = value.astimezone(ZoneInfo(zone_key)).date() if isinstance(value, datetime) else value
    return _day(day, language)


def long_datetime(value: datetime, zone_key: str, language: str) -> str:
    """``Selasa, 27 Oktober 2020, 16.00 WIB``."""
    local = value.astimezone(ZoneInfo(zone_key))
    return f"{_day(local.date(), language)}, {_clock(local, language)}"


def clock_time(value: datetime, zone_key: str, language: str) -> str:
    """``16.00 WIB``."""
    return _clock(value.astimezone(ZoneInfo(zone_key)), language)


def remaining(value: datetime, now: datetime, language: str) -> str:
    """How long is left, in the largest sensible unit: ``tersisa 3 hari``, ``lewat 2 jam``."""
    seconds = (value - now).total_seconds()
    unit, amount = _amount(abs(seconds))
    return (_LEFT if seconds >= 0 else _OVER)[unit](amount).in_(language)


def age(value: datetime, now: datetime, language: str) -> str:
    """How long something has waited, in the largest sensible unit: ``2 hari``."""
    unit, amount = _amount(max((now - value).total_seconds(), 0))
    return _LONG[unit](amount).in_(language)


def number(value: Decimal | int | float | None, places: int | None = None) -> str:
    """A number with decimal comma, ``-`` for none; in English with a point."""
    if value is None:
        return "-"
    return figure(Decimal(str(value)), locale(), places)


def percent(value: Decimal | int | float | None, places: int | None = None) -> str:
    """A share (0..100) with its sign: ``26 %``, ``-`` for none."""
    if value is None:
        return "-"
    return percentage(Decimal(str(value)), locale(), places)


def filesize(size: int) -> str:
    """``2,4 MB``: what a telephone would show."""
    for unit, step in (("MB", 1024 * 1024), ("kB", 1024)):
        if size >= step:
            return f"{number(Decimal(size) / step, 1)} {unit}"
    return f"{size} B"


def written(text: str) -> Markup:
    """What people wrote, line by line; on a page in another language it says that it is Indonesian.

    So a screen reader pronounces it rightly. Source: WCAG 2.2, 3.1.2 (language of parts).
    """
    lines = Markup("<br>").join(escape(line) for line in text.splitlines())
    return lines if locale() == "id" else Markup('<span lang="id">%s</span>') % lines


def filters() -> dict[str, object]:
    """The Jinja filters, by name."""
    of_the_reader: dict[str, Callable[..., object]] = {
        "date": lambda value, zone_key="": long_date(value, zone_key or zone(), locale()),
        "datetime": lambda value, zone_key="": long_datetime(value, zone_key or zone(), locale()),
        "time": lambda value, zone_key="": clock_time(value, zone_key or zone(), locale()),
        "age": lambda value, now: age(value, now, locale()),
        "remaining": lambda value, now: remaining(value, now, locale()),
        "number": number,
        "percent": percent,
        "grouped": lambda value: grouped(value, locale()),
        "written": written,
        "filesize": filesize,
        "t": shown,
    }
    return {
        **{name: _asked_each_time(found) for name, found in of_the_reader.items()},
        "zone_at": lambda moment, key: zone_name(moment.astimezone(ZoneInfo(key))),
        "lower_first": lower_first,
        "upper_first": upper_first,
        "ended": ended,
    }


def _asked_each_time(found: Callable[..., object]) -> Callable[..., object]:
    """A filter whose answer depends on the reader: Jinja would work out ``79.17|number`` once, while compiling."""

    @pass_context
    def asked(_context: Context, *arguments: object, **named: object) -> object:
        return found(*arguments, **named)

    return asked


def load_locales() -> None:
    """Read the core's catalogue of each language and what its dates need (3 MB), which the first page would read otherwise."""
    for language in languages():
        _day(date(2020, 1, 1), language)
        catalogue(CORE, language)


@lru_cache(maxsize=4096)
def _day(day: date, language: str) -> str:
    return format_date(day, "EEEE, d MMMM y", locale=language)


def _clock(local: datetime, language: str) -> str:
    return f"{local:%H}{_clock_sign(language)}{local:%M} {zone_name(local)}"


@lru_cache(maxsize=32)
def _clock_sign(language: str) -> str:
    """Between hours and minutes: a full stop in Indonesian. Source: CLDR."""
    return "." if "." in str(get_time_format("short", language)) else ":"


def _amount(seconds: float) -> tuple[int, int]:
    """The largest unit that fits, in seconds, and how many of it."""
    unit = next((unit for unit in (86400, 3600) if seconds >= unit), 60)
    return unit, int(seconds // unit)


_LONG: dict[int, Callable[[int], Message]] = {
    86400: lambda amount: counted_message("%(num)s hari", amount),
    3600: lambda amount: counted_message("%(num)s jam", amount),
    60: lambda amount: counted_message("%(num)s menit", amount),
}
_LEFT: dict[int, Callable[[int], Message]] = {
    86400: lambda amount: counted_message("tersisa %(num)s hari", amount),
    3600: lambda amount: counted_message("tersisa %(num)s jam", amount),
    60: lambda amount: counted_message("tersisa %(num)s menit", amount),
}
_OVER: dict[int, Callable[[int], Message]] = {
    86400: lambda amount: counted_message("lewat %(num)s hari", amount),
    3600: lambda amount: counted_message("lewat %(num)s jam", amount),
    60: lambda amount: counted_message("lewat %(num)s menit", amount),
}
