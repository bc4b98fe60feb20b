"""One odd value at a time: in an address, a query, a field, a file, a header, or the kind of a body."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask

from tests.fuzz import odd
from tests.fuzz.forms import Form, Pair
from tests.fuzz.survey import Found, Route

PLAIN = "application/x-www-form-urlencoded"
BOUNDARY = "imbas-fuzz"
PARTED = f"multipart/form-data; boundary={BOUNDARY}"
_MIDDLE = re.compile(r"[0-9]+|(?<=-)[^-]+(?=-)")
SENDERS = ("", "admin", "teacher")
"""Whose requests carry odd headers: nobody's, and those of two who may do different things."""
QUERIES = ("hal", "cari", "lang", "next", "program", "sekolah")


@dataclass(frozen=True, slots=True)
class Case:
    """A request; ``what`` says where it is odd, ``page`` where its form stands."""

    role: str
    method: str
    path: str
    what: str
    body: bytes = b""
    content_type: str = ""
    headers: tuple[Pair, ...] = ()
    page: str = ""


def cases_of(app: Flask, role: str, found: Found, known_forms: set[object]) -> Iterator[Case]:
    """Every case of one role, always in the same order.

    Who is refused by a route sends odd addresses only. A form that an earlier role has
    (``known_forms``) gets the worst values only, and of fields of one kind (``m-12``, ``m-13``) the first one stands for all.
    """
    for route in found.routes:
        yield from _addresses(app, route)
    for route in _one_each(found.routes):
        if role in SENDERS:
            yield from _headers(route)
        if route.method != "GET":
            yield from _bare_fields(route)
        elif route.path in found.readable:
            yield from _queries(route, found.asked.get(route.url_rule.endpoint, set()))
    for form in found.forms:
        first = form.kind not in known_forms
        known_forms.add(form.kind)
        yield from _form_cases(role, form, odd.VALUES if first else odd.FEW)


def _queries(route: Route, asked: set[str]) -> Iterator[Case]:
    for name in sorted({*QUERIES, *asked}):
        for value in odd.VALUES if name in asked else odd.FEW:
            query = _encoded([(name, value)]).decode()
            yield Case(route.role, "GET", f"{route.path}?{query}", f"query {name}={_shown(value)}")


def _one_each(routes: Iterable[Route]) -> list[Route]:
    return list({(route.url_rule.endpoint, route.method): route for route in reversed(list(routes))}.values())


def _addresses(app: Flask, route: Route) -> Iterator[Case]:
    template = route.url_rule.rule
    values = {**app.url_map.bind("localhost").match(route.path, method=route.method)[1]}
    for name, converter in sorted(route.url_rule._converters.items()):
        numbers = "Integer" in "".join(kind.__name__ for kind in type(converter).__mro__)
        for value in (*odd.NUMBERS, "999999") if numbers else (*odd.TEXTS, *odd.NUMBERS):
            path = template
            for other, known in values.items():
                text = value if other == name else str(known)
                for kind in ("int:", "string:", "path:", ""):
                    path = path.replace(f"<{kind}{other}>", _quoted(text))
            yield Case(route.role, route.method, path or "/", f"address {name}={_shown(value)}")


def _bare_fields(route: Route) -> Iterator[Case]:
    """A command without its page: each field that its rule names, alone."""
    for name in route.rule.fields:
        for end in odd.NAMES if name.endswith("*") else ("",):
            field = name.removesuffix("*") + end
            for value in ("1", "\u00b2") if end else odd.FEW:
                yield Case(
                    route.role,
                    route.method,
                    route.path,
                    f"bare field {_shown(field)}={_shown(value)}",
                    _encoded([(field, value)]),
                    PLAIN,
                )


def _headers(route: Route) -> Iterator[Case]:
    for name, value in odd.HEADERS:
        yield Case(
            route.role,
            route.method,
            route.path,
            f"header {name}: {_shown(value)}",
            b"csrf_token=x",
            PLAIN,
            (("Tus-Resumable", "1.0.0"), (name, value)),
        )
    if route.method != "GET":
        for kind in odd.CONTENT_TYPES:
            for body in odd.BODIES[:4]:
                yield Case(route.role, route.method, route.path, f"body of {_shown(kind)}", body, kind)


def _form_cases(role: str, form: Form, values: tuple[str, ...]) -> Iterator[Case]:
    known = form.values()
    yield _sent(role, form, known, "as it is")
    for button in form.buttons:
        yield _sent(role, form, [*form.pairs, button], f"button {button[0]}={_shown(button[1])}")
    names = list(dict.fromkeys([*(name for name, _value in known), "_key", "csrf_token"]))
    kinds: set[str] = set()
    for name in names:
        kind = _MIDDLE.sub("", name)
        if kind in kinds:
            continue
        kinds.add(kind)
        rest = [pair for pair in known if pair[0] != name]
        yield _sent(role, form, rest, f"without {name}")
        yield _sent(role, form, [*known, *known], f"{name} twice")
        for value in values:
            yield _sent(role, form, [*rest, (name, value)], f"field {name}={_shown(value)}")
    for name in form.files:
        for file_name in odd.FILES:
            for body in odd.BODIES:
                what = f"file {name}={_shown(file_name)} {body[:8]!r}"
                yield _sent(role, form, known, what, (name, file_name, body))


def _sent(
    role: str, form: Form, pairs: list[Pair], what: str, file: tuple[str, str, bytes] | None = None
) -> Case:
    path = urlsplit(form.action).path
    if form.method == "GET":
        return Case(role, "GET", f"{path}?{_encoded(pairs).decode()}", f"form {what}", page=form.page)
    if file is None and not form.files:
        where = f"{path}?{urlsplit(form.action).query}".rstrip("?")
        return Case(role, "POST", where, f"form {what}", _encoded(pairs), PLAIN, page=form.page)
    return Case(role, "POST", path, f"form {what}", _parted(pairs, file), PARTED, page=form.page)


def _encoded(pairs: list[Pair]) -> bytes:
    raw = [
        (name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass"))
        for name, value in pairs
    ]
    return urlencode(raw).encode()


def _parted(pairs: list[Pair], file: tuple[str, str, bytes] | None) -> bytes:
    parts = [(f'name="{name}"', value.encode("utf-8", "surrogatepass")) for name, value in pairs]
    if file:
        parts.append((f'name="{file[0]}"; filename="{file[1]}"', file[2]))
    whole = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n"
        % (BOUNDARY.encode(), head.encode("utf-8", "surrogatepass"), body)
        for head, body in parts
    )
    return whole + f"--{BOUNDARY}--\r\n".encode()


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _shown(value: str) -> str:
    return ascii(value if len(value) < 40 else f"{value[:20]}...({len(value)})")
