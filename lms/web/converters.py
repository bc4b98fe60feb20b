"""What an address may hold: numbers that a key can have, and words that can be looked up; all else is 404.

They take the place of Werkzeug's own, so that the routes of plugins have them too.
"""

from typing import Any

from werkzeug.routing import IntegerConverter, Map, PathConverter, UnicodeConverter, ValidationError

from lms.contract.parsing import MAX_BIGINT, MAX_INTEGER

LONGEST_WORD = 200
LONGEST_PATH = 1000


class KeyConverter(IntegerConverter):
    """``<int:school_id>``: ASCII digits, 0 to 2,147,483,647, as INTEGER columns hold."""

    regex = "[0-9]{1,10}"

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **{"max": MAX_INTEGER, **options})


class LongKeyConverter(IntegerConverter):
    """``<int64:attempt_id>``: ASCII digits, of rows that people make every day for years, as BIGINT columns hold."""

    regex = "[0-9]{1,19}"

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **{"max": MAX_BIGINT, **options})


class WordConverter(UnicodeConverter):
    """``<key>``: at most 200 characters, all of them printable."""

    def __init__(self, url_map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **{"maxlength": LONGEST_WORD, **options})

    def to_python(self, value: str) -> str:
        """The word; raises ValidationError."""
        return _checked(value, LONGEST_WORD)


class BoundedPathConverter(PathConverter):
    """``<path:name>``: at most 1,000 characters, all of them printable."""

    def to_python(self, value: str) -> str:
        """The path; raises ValidationError."""
        return _checked(value, LONGEST_PATH)


CONVERTERS = {
    "int": KeyConverter,
    "int64": LongKeyConverter,
    "default": WordConverter,
    "string": WordConverter,
    "path": BoundedPathConverter,
}


def _checked(value: str, longest: int) -> str:
    if len(value) > longest or not value.isprintable():
        raise ValidationError
    return value
