"""``deploy/nginx.conf``, tried with a real nginx: what the proxy must do is done by the file we deliver."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bench.proxy import HOST
from lms.cli.serve import serve
from lms.people.auth.rules import CODE_GUESSES
from lms.settings import Settings
from lms.web.headers import CONTENT_SECURITY_POLICY
from tests.functional.deploy.conftest import METRICS_TOKEN, Answer, Proxy

pytestmark = pytest.mark.slow
ONCE = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "X-Frame-Options",
    "Strict-Transport-Security",
    "Cache-Control",
)
THREADS = next(option.default for option in serve.params if option.name == "threads")
TOO_LARGE = Settings.model_fields["max_upload_bytes"].default + 1


@pytest.fixture
def without_pages(proxy: Proxy) -> Iterator[Proxy]:
    proxy.pages.kill("web")
    yield proxy
    proxy.pages.start("web")
    proxy.pages.wait_for_pages()


def once(answer: Answer, names: tuple[str, ...] = ONCE) -> dict[str, int]:
    """Which of the headers did not come exactly once."""
    counts = {name: len(answer.headers.get_all(name, [])) for name in names}
    return {name: count for name, count in counts.items() if count != 1}


def test_pages_and_static_files_come_through(proxy: Proxy) -> None:
    page = proxy.ask("GET", "/masuk")
    assert page.status == 200
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page.text)
    assert sheet
    static = proxy.ask("GET", sheet.group(1))
    assert (static.status, static.headers.get_content_type()) == (200, "text/css")
    assert "immutable" in static.headers["Cache-Control"]
    cookies = page.headers.get_all("Set-Cookie", [])
    assert cookies
    assert all(
        "secure" in cookie.lower() and cookie.startswith(("__Host-", "__Secure-")) for cookie in cookies
    )


def logged(proxy: Proxy, number: str) -> str:
    """The line of one request; nginx writes it after the answer has left."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for line in (proxy.front.folder / "access.log").read_text().splitlines():
            if line.endswith(f" {number}"):
                return line
        time.sleep(0.02)
    raise AssertionError(f"the proxy's log does not name {number}")


def test_security_headers_come_exactly_once(proxy: Proxy) -> None:
    page = proxy.ask("GET", "/masuk")
    assert once(page) == {}
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # that is what is tried
def test_old_tls_is_refused(proxy: Proxy) -> None:
    """Source: OWASP ASVS 5.0, 12.1.1."""
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(proxy.front.certificate)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", proxy.front.tls_port), timeout=30) as wire,
        pytest.raises(ssl.SSLError) as refused,
    ):
        old.wrap_socket(wire, server_hostname=HOST)
    assert refused.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"  # said by the proxy, not by us


def test_the_proxys_log_names_address_and_request_and_no_query(proxy: Proxy) -> None:
    number = proxy.ask("GET", "/masuk?kartu=RAHASIA", address="127.0.0.9").headers["X-Request-Id"]
    line = logged(proxy, number)
    assert re.fullmatch(rf"127\.0\.0\.9 \S+ GET /masuk 200 \d+ {number}", line)
    assert "RAHASIA" not in (proxy.front.folder / "access.log").read_text()


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/agenda/RAHASIA.ics", "/agenda/<token>"),
        ("//agenda//RAHASIA.ics", "/agenda/<token>"),
        ("/%61genda/RAHASIA.ics", "/agenda/<token>"),
        ("/pemberitahuan/surel/RAHASIA?x=1", "/pemberitahuan/surel/<token>"),
        ("/berkas-formulir/RAHASIA/abc", "/berkas-formulir/<token>"),
    ],
)
def test_the_proxys_log_has_no_token_of_an_address(proxy: Proxy, path: str, written: str) -> None:
    number = proxy.ask("GET", path).headers["X-Request-Id"]
    assert f" GET {written} " in logged(proxy, number)
    assert "RAHASIA" not in (proxy.front.folder / "access.log").read_text()


@pytest.mark.parametrize("path", ["/bukti/kiriman/abc", "/bukti/7/kiriman", "/berkas-formulir/token/abc"])
def test_files_on_their_way_reach_the_pages_before_they_end(proxy: Proxy, path: str) -> None:
    """What is gathered first is lost with the network; the pages answer here although most has not come."""
    head = f"PATCH {path} HTTP/1.1\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 100000"
    with proxy.begin(head, b"x" * 1000) as wire:
        wire.settimeout(20)
        assert wire.recv(100).startswith(b"HTTP/1.1 ")


def test_who_comes_without_tls_is_sent_to_it(proxy: Proxy) -> None:
    answer = proxy.ask_plainly("/cek?kode=A1")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/cek?kode=A1")
    stranger = proxy.ask_plainly("/cek", Host="elsewhere.example")
    assert stranger.headers["Location"] == f"https://{HOST}/cek"


def test_an_address_that_the_sender_wrote_counts_for_nothing(proxy: Proxy) -> None:
    guesses = [
        proxy.ask("GET", f"/v/TIDAK-ADA-{number}", **{"X-Forwarded-For": f"192.0.2.{number}"}).status
        for number in range(CODE_GUESSES.free + 1)
    ]
    assert guesses == [404] * CODE_GUESSES.free + [429]
    framed = proxy.ask("GET", "/v/TIDAK-ADA", address="127.0.0.2", **{"X-Forwarded-For": "127.0.0.1"})
    assert framed.status == 404


def test_the_figures_are_not_for_the_internet_even_with_the_token(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/metrics", Authorization=f"Bearer {METRICS_TOKEN}").status == 404


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/masuk", "multipart/form-data; boundary=x"),
        ("PATCH", "/bukti/kiriman/abc", "application/offset+octet-stream"),
    ],
)
def test_what_is_larger_than_the_pages_take_is_refused_in_plain_words(
    proxy: Proxy, method: str, path: str, kind: str
) -> None:
    answer = proxy.ask(method, path, said_length=TOO_LARGE, **{"Content-Type": kind})
    assert answer.status == 413
    assert "Kiriman ini terlalu besar, jadi tidak diterima. Yang sudah tersimpan tetap aman." in answer.text
    assert "nginx" not in answer.text
    assert once(answer) == {}


@pytest.mark.parametrize("size", [300_000, 2_000_000, 20_000_000])
def test_what_the_pages_refuse_unread_is_refused_in_their_words(proxy: Proxy, size: int) -> None:
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        for _again in range(4):
            answer = proxy.ask("POST", "/masuk", body=b"x" * size, **{"Content-Type": kind})
            assert answer.status in {400, 413}, answer.text
            assert once(answer) == {}


def test_pages_that_are_away_are_excused_in_plain_words(without_pages: Proxy) -> None:
    answer = without_pages.ask("GET", "/masuk")
    assert answer.status == 502
    assert "Yang sudah tersimpan tetap aman." in answer.text
    assert "nginx" not in answer.text
    assert once(answer) == {}


def test_forms_that_come_slowly_hold_no_thread(proxy: Proxy) -> None:
    head = "POST /masuk HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000"
    with ExitStack() as wires:
        for _number in range(THREADS + 10):
            wires.enter_context(proxy.begin(head, b"username="))
        time.sleep(1)  # for a proxy that hands them on, to do so
        start = time.monotonic()
        assert proxy.ask("GET", "/masuk").status == 200
        assert time.monotonic() - start < 5
