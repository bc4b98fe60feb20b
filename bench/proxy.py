"""A real nginx with ``deploy/nginx.conf``, a certificate of its own, and pages behind it."""

import base64
import hashlib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.platform import children
from lms.platform.embedded import free_port

CONF = Path(__file__).parents[1] / "deploy" / "nginx.conf"
HOST = "lms.example.go.id"
START_SECONDS = 10
_LETSENCRYPT = f"/etc/letsencrypt/live/{HOST}"


@dataclass(frozen=True, slots=True)
class Nginx:
    """It listens on two ports of the loopback; everything it writes is in ``folder``. ``pid`` once it runs."""

    folder: Path
    plain_port: int
    tls_port: int
    public_key: str
    """SHA-256 of its public key in base 64, by which a browser can be told to trust it."""
    pid: int = 0

    @property
    def certificate(self) -> Path:
        """Its certificate, which signs itself."""
        return self.folder / "fullchain.pem"

    def trusting(self) -> ssl.SSLContext:
        """What a client needs to believe it."""
        return ssl.create_default_context(cafile=str(self.certificate))


def program() -> str | None:
    """Where nginx is installed, if it is."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def nginx(folder: Path, *, pages: int, more_pages: int | None = None) -> Iterator[Nginx]:
    """The delivered file at work in front of ports of pages; without ``more_pages`` its second group is away."""
    found = program()
    if found is None:
        raise RuntimeError("nginx is not installed")
    proxy = Nginx(folder, free_port(), free_port(), _make_certificate(folder))
    (folder / "imbas.conf").write_text(_adapted(proxy, pages, more_pages or free_port()))
    (folder / "nginx.conf").write_text(_frame(folder))
    with (folder / "nginx.log").open("wb") as log:
        process = children.start([found, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"], log=log)
    try:
        _wait_for(proxy, process)
        yield replace(proxy, pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _adapted(proxy: Nginx, pages: int, more_pages: int) -> str:
    """The file as it is delivered, but for addresses and certificate."""
    text = CONF.read_text(encoding="utf-8")
    for delivered, here in (
        ("listen 80;", f"listen 127.0.0.1:{proxy.plain_port};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{proxy.tls_port} ssl http2;"),
        (f"{_LETSENCRYPT}/fullchain.pem", str(proxy.certificate)),
        (f"{_LETSENCRYPT}/privkey.pem", str(proxy.folder / "privkey.pem")),
        ("/var/log/nginx/imbas.log", str(proxy.folder / "access.log")),
        ("server 127.0.0.1:8000 ", f"server 127.0.0.1:{pages} "),
        ("server 127.0.0.1:8001 ", f"server 127.0.0.1:{more_pages} "),
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


def _make_certificate(folder: Path) -> str:
    """Key and certificate for two days; see ``Nginx.public_key``."""
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
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def _wait_for(proxy: Nginx, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", proxy.tls_port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError((proxy.folder / "nginx.log").read_text()[-3000:])
