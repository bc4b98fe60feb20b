"""A real nginx with ``deploy/nginx.conf`` in front of real pages."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.app import create_app
from lms.platform import migrate
from lms.platform.db import db
from lms.platform.embedded import free_port
from lms.settings import Settings
from lms.testing.processes import Processes

CONF = Path(__file__).parents[3] / "deploy" / "nginx.conf"
HOST = "lms.example.go.id"
LETSENCRYPT = f"/etc/letsencrypt/live/{HOST}"
METRICS_TOKEN = "the-right-token"
START_SECONDS = 10


@dataclass(frozen=True)
class Answer:
    """What came back; ``headers`` knows those that came twice."""

    status: int
    headers: Message
    text: str


@dataclass
class Proxy:
    """nginx in ``folder``, with pages behind it on the first of its two ports; the second is away."""

    folder: Path
    pages: Processes
    plain_port: int
    tls_port: int

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))

    def ask(
        self, method: str, path: str, *, body: bytes = b"", said_length: int | None = None,
        address: str = "127.0.0.1", **headers: str,
    ) -> Answer:  # fmt: skip
        """One request over TLS from ``address``, an address of the loopback."""
        wire = http.client.HTTPSConnection(
            "127.0.0.1", self.tls_port, timeout=30, context=self.trust, source_address=(address, 0)
        )
        return _ask(wire, method, path, body, said_length, headers)

    def ask_plainly(self, path: str, **headers: str) -> Answer:
        """One request without TLS."""
        wire = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=30)
        return _ask(wire, "GET", path, b"", None, headers)

    def begin(self, head: str, body: bytes) -> ssl.SSLSocket:
        """A request over TLS whose end has not been sent."""
        wire = socket.create_connection(("127.0.0.1", self.tls_port), timeout=30)
        sealed = self.trust.wrap_socket(wire, server_hostname=HOST)
        sealed.sendall(f"{head}\r\nHost: {HOST}\r\n\r\n".encode() + body)
        return sealed


def _ask(
    wire: http.client.HTTPConnection, method: str, path: str, body: bytes, said_length: int | None,
    headers: dict[str, str],
) -> Answer:  # fmt: skip
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
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("proxy")
    pages = _pages(folder / "data")
    proxy = Proxy(folder, pages, free_port(), free_port())
    _make_certificate(folder)
    (folder / "imbas.conf").write_text(_adapted(proxy))
    (folder / "nginx.conf").write_text(_frame(folder))
    pages.start("web")
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(
            [nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"], stdout=log, stderr=log
        )
    try:
        pages.wait_for_pages()
        _wait_for(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=10)
        pages.stop()


def _pages(data: Path) -> Processes:
    # the port in the address is that of the pages, where Processes looks for it
    settings = Settings(
        data=data, secret_key="k" * 40, environment="test", require_totp=False, trusted_proxies=1,
        public_url=f"https://{HOST}:{free_port()}", log_level="WARNING",
        metrics_token=METRICS_TOKEN,
    )  # fmt: skip
    data.mkdir()
    app = create_app(settings)
    with app.app_context():
        migrate.upgrade(db.engine, app.extensions["components"])
        db.session.remove()
        db.engine.dispose()
    return Processes(settings, {})


def _adapted(proxy: Proxy) -> str:
    """The file as it is delivered, but for addresses and certificate."""
    text = CONF.read_text(encoding="utf-8")
    for delivered, here in (
        ("listen 80;", f"listen 127.0.0.1:{proxy.plain_port};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{proxy.tls_port} ssl;"),
        (f"{LETSENCRYPT}/fullchain.pem", str(proxy.folder / "fullchain.pem")),
        (f"{LETSENCRYPT}/privkey.pem", str(proxy.folder / "privkey.pem")),
        ("server 127.0.0.1:8000 ", f"server 127.0.0.1:{proxy.pages.port} "),
        ("server 127.0.0.1:8001 ", f"server 127.0.0.1:{free_port()} "),
    ):
        assert text.count(delivered) == 1, delivered
        text = text.replace(delivered, here)
    return text


def _frame(folder: Path) -> str:
    """What Debian's ``/etc/nginx/nginx.conf`` has around the site; everything written stays in ``folder``."""
    own = "user root;\n" if os.geteuid() == 0 else ""  # nobody else may enter pytest's folders
    written = "".join(
        f"    {name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{own}daemon off;\npid {folder / 'nginx.pid'};\nevents {{ worker_connections 768; }}\n"
        f"http {{\n    access_log off;\n{written}    include {folder / 'imbas.conf'};\n}}\n"
    )


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    names = [x509.DNSName(HOST), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _wait_for(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", proxy.tls_port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError((proxy.folder / "nginx.log").read_text()[-3000:])
