"""Pure rules of signing in: the seconds of a wait, the window of a code, where to go next."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from lms.people.auth.rules import ACCOUNT, TRUSTED, Backoff, Tries, accepted_step, next_try, safe_next

NOW = datetime(2020, 10, 20, 1, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXP" * 2
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize(
    ("backoff", "tries", "seconds"),
    [
        (ACCOUNT, 1, 0),
        (ACCOUNT, 4, 0),
        (ACCOUNT, 5, 60),
        (ACCOUNT, 6, 120),
        (ACCOUNT, 7, 240),
        (ACCOUNT, 10, 1920),
        (ACCOUNT, 11, 3600),
        (ACCOUNT, 500, 3600),
        (TRUSTED, 9, 0),
        (TRUSTED, 10, 30),
        (TRUSTED, 11, 60),
    ],
)
def test_waits_double_from_the_last_free_try(backoff: Backoff, tries: int, seconds: int) -> None:
    assert backoff.wait(tries) == timedelta(seconds=seconds)


def test_a_try_is_counted_from_the_one_before() -> None:
    first = next_try(None, ACCOUNT, NOW)
    assert first == Tries(1, NOW, NOW)
    again = next_try(Tries(4, NOW, NOW), ACCOUNT, NOW)
    assert again == Tries(5, NOW, NOW + timedelta(minutes=1))
    assert next_try(again, ACCOUNT, NOW + timedelta(seconds=59)) is None
    later = NOW + timedelta(minutes=1)
    assert next_try(again, ACCOUNT, later) == Tries(6, later, later + timedelta(minutes=2))
    almost = NOW + timedelta(hours=24) - timedelta(seconds=1)
    remembered = next_try(again, ACCOUNT, almost)
    assert remembered is not None
    assert remembered.count == 6


def test_a_try_that_looked_at_the_clock_first_and_came_second_is_not_early() -> None:
    before = NOW - timedelta(milliseconds=80)
    assert next_try(Tries(1, NOW, NOW), ACCOUNT, before) == Tries(2, NOW, NOW)
    assert next_try(Tries(4, NOW, NOW), ACCOUNT, before) == Tries(5, NOW, NOW + timedelta(minutes=1))
    assert next_try(Tries(5, NOW, NOW + timedelta(minutes=1)), ACCOUNT, before) is None


@pytest.mark.parametrize(("drift", "step"), [(-2, None), (-1, STEP - 1), (0, STEP), (1, STEP + 1), (2, None)])
def test_a_code_counts_half_a_minute_before_and_after(drift: int, step: int | None) -> None:
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30 * drift))
    assert accepted_step(SECRET, code, NOW, 0) == step
    assert accepted_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, 0) == step


def test_a_code_counts_once() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    assert accepted_step(SECRET, code, NOW, STEP) is None
    assert accepted_step(SECRET, code, NOW, STEP - 1) == STEP


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert accepted_step(SECRET, code, NOW, 0) is None


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%5cevil.example",
        "/%2f/evil.example",
        "///evil.example",
        "http:evil.example",
        "/\tevil",
        "/a\r\nSet-Cookie: x",
        "/%0d%0aSet-Cookie:x",
        "",
        " /x",
        "evil.example",
        "/masuk?next=/x",
        "/keluar",
        "https:/evil.example",
        "/%09/evil.example",
        "//%65vil.example",
        "/" + "x" * 2000,
        "/a\\b",
        "/a b",
        "/a\x7fb",
        None,
    ],
)
def test_next_never_leaves_the_site(target: str | None) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize(
    "target", ["/", "/akun/saya", "/kuis/3?hal=2#a", "/materi/spmi%20dasar", "/" + "x" * 1999, "/!"]
)
def test_next_keeps_the_way(target: str) -> None:
    assert safe_next(target) == target
