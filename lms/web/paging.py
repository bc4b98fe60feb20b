"""Lists in pages: which page the address asks for, and where the other ones are."""

from collections.abc import Callable

from flask import request, url_for

from lms.contract.parsing import parse_int

LAST_PAGE = 99_999
"""No list has more pages."""


def page_number() -> int:
    """``hal`` of the address, or of a form that leads back to the list, from 1; whatever is no page is the first."""
    return parse_int(request.values.get("hal", ""), low=1, high=LAST_PAGE) or 1


def page_url(endpoint: str, **values: object) -> Callable[[int], str]:
    """The address of another page of the same list, for the pager."""
    return lambda number: url_for(endpoint, **{**values, "hal": number})  # type: ignore[arg-type]
