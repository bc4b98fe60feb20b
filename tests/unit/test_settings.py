"""Settings say every fault at once, in words that name the variable."""

import os
from pathlib import Path

import pytest

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
