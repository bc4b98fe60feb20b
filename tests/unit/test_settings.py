"""Settings say every fault at once, in words that name the variable."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from lms.settings import Settings, SettingsFault, load_settings


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)


def test_embedded_defaults_need_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_DATA", str(tmp_path))
    settings = load_settings()
    assert settings.database == f"sqlite:///{tmp_path}/imbas.sqlite3"
    assert settings.files == f"file://{tmp_path}/files"


def test_every_fault_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_DATABASE_URL", "mysql://here")
    monkeypatch.setenv("LMS_BROKER_URL", "amqp://here")
    monkeypatch.setenv("LMS_PUBLIC_URL", "lms.example")
    monkeypatch.setenv("LMS_SESSION_DAYS", "many")
    with pytest.raises(SettingsFault) as caught:
        load_settings()
    named = {fault.split(":")[0] for fault in caught.value.faults}
    assert named == {"LMS_DATABASE_URL", "LMS_BROKER_URL", "LMS_PUBLIC_URL", "LMS_SESSION_DAYS"}


def test_a_fault_does_not_repeat_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_DATABASE_URL", "mysql://imbas:rahasia@here/imbas")
    with pytest.raises(SettingsFault) as caught:
        load_settings()
    assert "here/imbas" in str(caught.value)
    assert "rahasia" not in str(caught.value)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings"
    file.write_text(f"LMS_DATA={tmp_path}\nLMS_SESSION_DAYS=3\nLMS_LOG_LEVEL=ERROR\n")
    monkeypatch.setenv("LMS_SESSION_DAYS", "5")
    settings = load_settings(file)
    assert (settings.session_days, settings.log_level) == (5, "ERROR")


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="does not exist"):
        load_settings(tmp_path / "nowhere")


def test_the_clock_is_honest_in_production() -> None:
    with pytest.raises(ValueError, match="LMS_CLOCK_OFFSET_SECONDS"):
        Settings(clock_offset_seconds=60)


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    key = settings.key()
    assert settings.key() == key
    assert len(key) >= 48
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_damaged_key_file_is_said_and_nothing_is_signed_with_it(tmp_path: Path) -> None:
    for left in ("", "abc"):  # a disk that was full, a write that was cut
        (tmp_path / "secret_key").write_text(left)
        with pytest.raises(SettingsFault, match="is empty or cut"):
            Settings(data=tmp_path).key()


@pytest.mark.parametrize(
    "key",
    [
        "a",
        "k" * 40,
        "abcdefghij" * 4,
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "12345678901234567890123456789012",
        "the-same-long-random-text-everywhere",
        "please-CHANGE-this-before-going-live-1984",
        "ganti-kunci-ini-sebelum-dipakai-2020",
    ],
)
def test_a_key_that_can_be_guessed_is_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", key)
    with pytest.raises(SettingsFault, match=r"LMS_SECRET_KEY: .*secrets\.token_urlsafe") as caught:
        load_settings()
    assert key not in str(caught.value).replace("random key", "") or len(key) == 1
    monkeypatch.setenv("LMS_ENVIRONMENT", "development")
    assert load_settings().key() == key


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex])
def test_keys_that_a_program_made_are_taken(make: Callable[[int], str]) -> None:
    for _ in range(500):
        Settings(secret_key=make(24))


def test_every_fault_of_production_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SECRET_KEY", "a"), ("METRICS_TOKEN", "abc"), ("CLOCK_OFFSET_SECONDS", "5")):
        monkeypatch.setenv(f"LMS_{name}", value)
    with pytest.raises(SettingsFault) as caught:
        load_settings()
    assert [fault.split(" ")[0].strip(":") for fault in caught.value.faults] == [
        "LMS_CLOCK_OFFSET_SECONDS",
        "LMS_SECRET_KEY",
        "LMS_METRICS_TOKEN",
    ]


HIDDEN = {
    "secret_key": "kunci-k8NsoZpVtCz2vZlqI8hRk7hdrPl6fQ8L",
    "old_secret_keys": "lama-Zs8,tua-9dk",
    "metrics_token": "tiket-9f8a7b6c5d4e3f2a",
    "database_url": "postgresql://imbas:sandi/basis@x@db/imbas?sslpassword=sandi2",
    "broker_url": "rediss://:sandi3@broker:6379/0",
}


def test_nothing_shows_a_key_or_a_password(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, **HIDDEN)  # type: ignore[arg-type]
    for shown in (repr(settings), str(settings), f"{settings}", repr({"LMS": settings})):
        assert "***@db/imbas" in shown
        for word in ("kunci-", "lama-", "tua-", "tiket-", "sandi"):
            assert word not in shown


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_faults_show_no_key_and_no_password(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when another field is wrong, and when the settings are made in code."""
    with pytest.raises(ValidationError) as caught:
        Settings(session_days="many", **{name: HIDDEN[name].replace("postgresql", "mysql")})  # type: ignore[arg-type]
    monkeypatch.setenv(
        f"LMS_{name.upper()}", HIDDEN[name].replace("postgresql", "mysql").replace("redis", "amqp")
    )
    monkeypatch.setenv("LMS_SESSION_DAYS", "many")
    with pytest.raises(SettingsFault) as said:
        load_settings()
    for text in (str(caught.value), repr(caught.value), str(said.value)):
        assert not [word for word in ("kunci-", "lama-", "tua-", "tiket-", "sandi") if word in text]
