import pytest
from flask import Flask

from lms.web.paging import page_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [("", 1), ("2", 2), ("0", 1), ("-3", 1), ("dua", 1), ("²", 1), ("1" + "0" * 30, 1), ("99999", 99999)],
)
def test_whatever_is_no_page_is_the_first(typed: str, number: int) -> None:
    with Flask("paging").test_request_context(f"/?hal={typed}"):
        assert page_number() == number
