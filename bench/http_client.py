"""A browser as the server sees it: one kept connection, cookies, gzip, forms with their hidden fields.

Hand-made on a socket, so that the clients take little of the machine that is being measured.
"""

import re
import socket
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

TIMEOUT = 60.0
_HIDDEN = re.compile(rb'<input type="hidden" name="(csrf_token|_key|note_seen)" value="([^"]*)"')


class Refused(Exception):
    """The server answered with something that a person would call a failure; ``status`` 0: not at all."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Page:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def find(self, pattern: bytes) -> bytes:
        """The first group of ``pattern`` in the body; raises Refused."""
        found = re.search(pattern, self.body, re.DOTALL)
        if found is None:
            raise Refused(f"{pattern!r} is not on the page: {self.body[:300]!r}")
        return found[1]


@dataclass(slots=True)
class Phone:
    """One person's phone. ``address`` is where the proxy in front says that it comes from.

    With ``tls`` there is a real proxy at ``port``, and ``address`` (in 127.0.0.0/8) is where the connection comes from.
    """

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    deaf: bool = False
    """Hangs up before the answer comes, as a phone does that loses its network."""
    tls: ssl.SSLContext | None = None
    _socket: socket.socket | None = None

    def get(self, path: str, *, json: bool = False) -> Page:
        """Open a page; redirects are the caller's to follow."""
        return self._ask("GET", path, b"", json=json)

    def post(self, path: str, fields: Mapping[str, object], *, form: Page | None = None) -> Page:
        """Send a form with the hidden fields that ``form`` carries, or changed fields as the script does."""
        hidden = dict(_HIDDEN.findall(form.body)) if form else {b"csrf_token": self.token.encode()}
        self.token = hidden[b"csrf_token"].decode()
        values = {name.decode(): value.decode() for name, value in hidden.items()} | dict(fields)
        return self._ask("POST", path, urlencode(values, doseq=True).encode(), json=form is None)

    def save(self, path: str, fields: Mapping[str, object]) -> Page:
        """Send changed fields as the page's script does: the token travels with them."""
        body = urlencode({"csrf_token": self.token, **fields}, doseq=True)
        return self._ask("POST", path, body.encode(), json=True, token_in_header=False)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, method: str, path: str, body: bytes, *, json: bool, token_in_header: bool = True) -> Page:
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            *([] if self.tls else [f"X-Forwarded-For: {self.address}"]),
            "User-Agent: Mozilla/5.0 (Linux; Android 10) Chrome/120.0 Mobile",
            "Accept-Encoding: gzip, deflate",
            f"Accept: {'application/json' if json else 'text/html'}",
        ]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            if json and token_in_header:
                head.append(f"X-CSRFToken: {self.token}")
        try:
            page = self._exchange("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        except BaseException:
            self.close()  # what comes next goes over a line of its own
            raise
        if page.status >= 400:
            raise Refused(f"{method} {path}: {page.status} {page.body[:500]!r}", page.status)
        return page

    def _exchange(self, request: bytes) -> Page:
        if self._socket is None:
            self._socket = self._connected()
        self._socket.sendall(request)
        if self.deaf:
            self.close()
            raise Refused("the phone hung up")
        received = self._more(b"")
        while (end := received.find(b"\r\n\r\n")) < 0:
            received = self._more(received)
        lines = received[:end].decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _colon, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            headers[name.lower()] = value
        if headers.get("transfer-encoding") == "chunked":
            body = self._chunks(received[end + 4 :])
        else:
            length = end + 4 + int(headers.get("content-length", 0))
            while len(received) < length:
                received = self._more(received)
            body = received[end + 4 : length]
        if headers.get("content-encoding") == "gzip":
            body = zlib.decompress(body, wbits=31)
        return Page(int(lines[0].split(" ", 2)[1]), headers, body)

    def _connected(self) -> socket.socket:
        came_from = (self.address, 0) if self.tls else None
        line = socket.create_connection(("127.0.0.1", self.port), TIMEOUT, came_from)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls.wrap_socket(line, server_hostname="127.0.0.1") if self.tls else line

    def _chunks(self, received: bytes) -> bytes:
        parts: list[bytes] = []
        while True:
            while (line := received.find(b"\r\n")) < 0:
                received = self._more(received)
            begin, size = line + 2, int(received[:line], 16)
            while len(received) < begin + size + 2:
                received = self._more(received)
            if not size:
                return b"".join(parts)
            parts.append(received[begin : begin + size])
            received = received[begin + size + 2 :]

    def _more(self, received: bytes) -> bytes:
        assert self._socket is not None
        chunk = self._socket.recv(65536)
        if not chunk:
            raise Refused("the server hung up")
        return received + chunk
