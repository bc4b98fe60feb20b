"""Walks all pages that a role can reach by links, as a phone would fetch them."""

import gzip
import http.client
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

EACH = 2
"""Instances of one kind of page that are looked at."""
VARIANTS = frozenset({"lang", "kembali"})
"""Parameters that show the same page in another way."""


@dataclass(frozen=True)
class Answer:
    """What came over the wire."""

    path: str
    status: int
    headers: dict[str, str]
    wire: int
    text: str

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")


@dataclass
class Phone:
    """One signed-in person; counts the bytes that travel, compressed as they are sent."""

    host: str
    port: int
    language: str = "id"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def press(self, page: Answer, action: str) -> Answer:
        """Send the form of a page that goes to ``action``, as it stands; what its answer leads to."""
        form = re.search(rf'<form action="{re.escape(action)}".*?</form>', page.text, re.DOTALL)
        assert form, (page.path, action)
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
        answer = self._ask("POST", action, urlencode(fields))
        assert answer.status == 303, (action, answer.status, answer.text[:300])
        return self.get(answer.headers["location"])

    def sign_in(self, username: str, password: str) -> None:
        page = self.get("/masuk")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token
        form = {"username": username, "password": password, "csrf_token": token.group(1)}
        answer = self._ask("POST", "/masuk", urlencode(form))
        assert answer.status == 303, (username, answer.status)

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        jar = self.cookies | {"lang": self.language}
        headers = {"Accept-Encoding": "gzip, br", "Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        raw = response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        head = sum(len(name) + len(value) + 4 for name, value in response.getheaders()) + 17
        plain = gzip.decompress(raw) if found.get("content-encoding") == "gzip" else raw
        text = plain.decode(errors="replace") if found.get("content-type", "").startswith("text/") else ""
        return Answer(path, response.status, found, len(raw) + head, text)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.found.append(given["href"] or "")
        if tag == "form" and (given.get("method") or "get").lower() == "get" and given.get("action"):
            self.found.append(given["action"] or "")


def links(answer: Answer) -> Iterator[str]:
    """Paths on this host to which a page leads, without fragments."""
    reader = _Links()
    reader.feed(answer.text)
    for href in reader.found:
        parts = urlsplit(urljoin(f"http://here{answer.path}", href))
        if parts.netloc != "here":
            continue
        query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if k not in VARIANTS])
        yield parts.path + (f"?{query}" if query else "")


def kind_of(path: str) -> str:
    """The path with its ids, codes and values left out."""
    parts = urlsplit(path)
    shape = re.sub(r"/\d+", "/#", re.sub(r"/[0-9A-Z]{16,}", "/@", parts.path))
    names = sorted({name for name, _ in parse_qsl(parts.query)})
    return shape + (f"?{'&'.join(names)}" if names else "")


def crawl(phone: Phone, start: str = "/") -> dict[str, list[Answer]]:
    """Everything that can be reached from ``start``: kind of page -> at most EACH answers."""
    found: dict[str, list[Answer]] = defaultdict(list)
    queue, seen = [start], {start}
    while queue:
        path = queue.pop(0)
        kind = kind_of(path)
        if len(found[kind]) >= EACH:
            continue
        answer = phone.get(path)
        found[kind].append(answer)
        for link in links(answer) if answer.is_page else ():
            if link not in seen:
                seen.add(link)
                queue.append(link)
    return dict(found)
