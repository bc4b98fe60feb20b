"""Long lists come in pages of one length."""

PAGE = 50
"""Rows of a list on one page."""


def pages(rows: int, on_one: int = PAGE) -> int:
    """How many pages a list of ``rows`` has, at least 1."""
    return max(1, -(-rows // on_one))
