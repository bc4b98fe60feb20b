"""What there is to ask: addresses of every route with real ids, and the forms and queries of the pages behind them."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule as UrlRule

from lms.testing.walking import _endpoint, _links
from lms.web.routing import Rule
from tests.atlas import Atlas, address, id_arguments, routes, whereabouts
from tests.fuzz.forms import Form, forms_of

EACH = 3
"""Pages of one kind that are opened for each role."""

SHOWCASE = "/gaya"
"""Its forms lead nowhere."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route as one role asks it: its address with ids that are there, on a real object where possible."""

    role: str
    method: str
    url_rule: UrlRule
    rule: Rule
    path: str
    ids: dict[str, int]


@dataclass(slots=True)
class Found:
    """What the survey of one role has found.

    ``asked``: names of queries by endpoint. ``readable``: addresses that were let in.
    """

    routes: list[Route] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    asked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    readable: set[str] = field(default_factory=set)


class _Noted(MultiDict[str, str]):
    """A query that remembers which names a view asked for."""

    notes: set[str]

    def get(self, key: str, *more: Any, **named: Any) -> Any:
        self.notes.add(key)
        return super().get(key, *more, **named)


def survey(app: Flask, atlas: Atlas, role: str, me: int, browser: FlaskClient) -> Found:
    """Walk everything that this person reaches by addresses and links, changing nothing."""
    found = Found()
    for _endpoint_name, method, url_rule, rule in routes(app):
        places = [ids for _letter, ids in whereabouts(atlas, url_rule, me)][:EACH]
        places = places or [dict.fromkeys(id_arguments(url_rule), 1)]
        found.routes += [
            Route(role, method, url_rule, rule, address(app, atlas, url_rule, ids), ids) for ids in places
        ]
    waiting = deque([*dict.fromkeys(route.path for route in found.routes if route.method == "GET"), "/"])
    seen, opened, kinds = set(waiting), dict[Any, int](), set[Any]()
    with _listening(app, found):
        while waiting:
            path = waiting.popleft()
            kind = (_endpoint(app, path), frozenset(name for name, _value in parse_qsl(urlsplit(path).query)))
            opened[kind] = opened.get(kind, 0) + 1
            if not kind[0] or opened[kind] > EACH:
                continue
            answer = browser.get(path)
            if answer.status_code < 400:
                found.readable.add(path)
            for link in _links(path, answer):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
            if answer.mimetype == "text/html":
                found.forms += _new_forms(path, answer.get_data(as_text=True), kinds, app)
            answer.close()
    return found


def _new_forms(path: str, html: str, kinds: set[Any], app: Flask) -> Iterator[Form]:
    for form in forms_of(path, html) if urlsplit(path).path != SHOWCASE else ():
        form.action = urljoin(path, form.action).partition("#")[0]
        names = frozenset(name for name, _value in form.pairs)
        kind = (form.method, _rule_of(app, form), names)
        if kind not in kinds:
            kinds.add(kind)
            form.kind = kind
            yield form


def _rule_of(app: Flask, form: Form) -> str:
    adapter = app.url_map.bind("localhost")
    return str(adapter.match(urlsplit(form.action).path, method=form.method)[0])


class _listening:  # noqa: N801 - used like a function
    """Note the names that views ask of ``request.args``, meanwhile."""

    def __init__(self, app: Flask, found: Found) -> None:
        self.app, self.found = app, found

    def __enter__(self) -> None:
        def listen() -> None:
            noted = _Noted(request.args)
            noted.notes = self.found.asked[request.endpoint or ""]
            request.__dict__["args"] = noted

        self.listen = listen
        self.app.before_request_funcs.setdefault(None, []).append(listen)

    def __exit__(self, *_error: object) -> None:
        self.app.before_request_funcs[None].remove(self.listen)
