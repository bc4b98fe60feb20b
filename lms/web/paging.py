"""Lists in pages: which page the address asks for, and where the other ones are."""

from collections.abc import Callable

from flask import request, url_for

PAGE = 50
"""Rows of a list on one page."""


def page_number() -> int:
    """``?hal=`` as a number from 1; whatever is no such number is the first page."""
    value = request.args.get("hal", "1")
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def pages(rows: int, on_one: int = PAGE) -> int:
    """How many pages a list of ``rows`` has, at least 1."""
    return max(1, -(-rows // on_one))


def page_url(endpoint: str, **values: object) -> Callable[[int], str]:
    """The address of another page of the same list, for the pager."""
    return lambda number: url_for(endpoint, **{**values, "hal": number})  # type: ignore[arg-type]
