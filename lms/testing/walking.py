"""Walks the pages that a person can reach by links, and counts the SQL statements of each.

The first page of a kind is opened twice: the second time counts, when the process is warm.
"""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from lms.platform.db import db

EACH = 2
"""How many addresses of one kind are opened: the first and one more."""
_VARIANTS = frozenset({"lang", "next", "kembali"})
"""Parameters that show the same page in another way."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was opened."""

    endpoint: str
    path: str
    status: int
    statements: int
    size: int


def walk(app: Flask, browser: FlaskClient, *starts: str) -> list[Visit]:
    """Open ``starts``, the home page, and what they link to, at most ``EACH`` of a kind."""
    waiting, seen = deque((*starts, "/")), {"/", *starts}
    opened: Counter[tuple[str, frozenset[str]]] = Counter()
    visits = []
    while waiting:
        path = waiting.popleft()
        endpoint = _endpoint(app, path)
        kind = (endpoint, frozenset(name for name, _value in parse_qsl(urlsplit(path).query)))
        if not endpoint or endpoint == "static" or kind[1] & _VARIANTS or opened[kind] >= EACH:
            continue
        opened[kind] += 1
        if opened[kind] == 1:
            browser.get(path).close()
        with counted(app) as count:
            answer = browser.get(path)
            body = answer.get_data()
        visits.append(Visit(endpoint, path, answer.status_code, count.total(), len(body)))
        for link in _links(path, answer):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
        answer.close()
    return visits


@contextmanager
def counted(app: Flask) -> Iterator[Counter[str]]:
    """SQL statements by their text, of everything that uses the application's engine meanwhile."""
    statements: Counter[str] = Counter()

    def note(_connection: Any, _cursor: Any, text: str, *_more: Any) -> None:
        statements[text] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        names = {"a": "href", "img": "src"}
        self.found += [value for value in (given.get(names.get(tag, "")), given.get("data-poll")) if value]


def _links(path: str, answer: TestResponse) -> list[str]:
    found = []
    if 300 <= answer.status_code < 400:
        found.append(answer.headers["Location"])
    elif answer.mimetype == "text/html":
        parser = _Links()
        parser.feed(answer.get_data(as_text=True))
        found = parser.found
    joined = (urljoin(path, link).partition("#")[0] for link in found)
    return [link for link in joined if not urlsplit(link).scheme and not urlsplit(link).netloc]


def _endpoint(app: Flask, path: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return ""
