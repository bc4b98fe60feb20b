"""A real nginx with ``deploy/nginx.conf`` in front of real pages."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

from bench.proxy import HOST, Nginx, nginx, program
from lms.app import create_app
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.embedded import free_port
from lms.settings import Settings
from lms.testing.processes import Processes

METRICS_TOKEN = "the-right-token"


@dataclass(frozen=True)
class Answer:
    """What came back; ``headers`` knows those that came twice."""

    status: int
    headers: Message
    text: str


@dataclass(frozen=True)
class Proxy:
    """nginx with pages behind it."""

    front: Nginx
    pages: Processes

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.front.certificate))

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        said_length: int | None = None,
        address: str = "127.0.0.1",
        **headers: str,
    ) -> Answer:
        """One request over TLS from ``address``, an address of the loopback."""
        wire = http.client.HTTPSConnection(
            "127.0.0.1", self.front.tls_port, timeout=30, context=self.trust, source_address=(address, 0)
        )
        return _ask(wire, method, path, body, said_length, headers)

    def ask_plainly(self, path: str, **headers: str) -> Answer:
        """One request without TLS."""
        wire = http.client.HTTPConnection("127.0.0.1", self.front.plain_port, timeout=30)
        return _ask(wire, "GET", path, b"", None, headers)

    def begin(self, head: str, body: bytes) -> ssl.SSLSocket:
        """A request over TLS whose end has not been sent."""
        wire = socket.create_connection(("127.0.0.1", self.front.tls_port), timeout=30)
        sealed = self.trust.wrap_socket(wire, server_hostname=HOST)
        sealed.sendall(f"{head}\r\nHost: {HOST}\r\n\r\n".encode() + body)
        return sealed


def _ask(
    wire: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes,
    said_length: int | None,
    headers: dict[str, str],
) -> Answer:
    length = len(body) if said_length is None else said_length
    sized = {"Content-Length": str(length)} if length else {}
    try:
        wire.request(method, path, body=body or None, headers={"Host": HOST} | sized | headers)
        found = wire.getresponse()
        return Answer(found.status, found.headers, found.read().decode())
    finally:
        wire.close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The installation of docs/operate.md on loopback ports; skipped where there is no nginx."""
    if program() is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("proxy")
    pages = _pages(folder / "data")
    pages.start("web")
    try:
        pages.wait_for_pages()
        with nginx(folder, pages=pages.port) as front:
            yield Proxy(front, pages)
    finally:
        pages.stop()


def _pages(data: Path) -> Processes:
    # the port in the address is that of the pages, where Processes looks for it
    settings = Settings(
        data=data,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        trusted_proxies=1,
        public_url=f"https://{HOST}:{free_port()}",
        log_level="WARNING",
        metrics_token=METRICS_TOKEN,
    )
    data.mkdir()
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        db.session.remove()
        db.engine.dispose()
    return Processes(settings, {})
