"""``lms doctor`` answers when it is needed most: a full disk, a damaged page, garbled notes, wrong clocks."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from lms.app import create_app
from lms.cli import checks
from lms.cli.backup import backup
from lms.cli.checks import Check
from lms.cli.doctor import doctor
from lms.platform import audit, migrate, private, worker
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.io_errors import is_damage, is_full
from lms.platform.transaction import write
from lms.settings import Settings, SettingsFault, load_settings


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a healthy installation on SQLite, as the environment describes it."""
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "data"
    monkeypatch.setenv("LMS_DATA", str(folder))
    monkeypatch.setenv("LMS_SECRET_KEY", "q8NsoZpVtCz2vZlqI8hRk7hdrPl6fQ8L")
    monkeypatch.setenv("LMS_PUBLIC_URL", "https://imbas.example")
    monkeypatch.setattr("lms.app.init_logs", lambda _level: None)
    app = create_app(load_settings())
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        with write() as session:
            for name in (worker.HEARTBEAT, worker.BACKUP):
                worker.note_run(session, name=name, moment=now())
            for number in range(400):
                audit.record(session, actor_id=None, action="test.try", subject=("n", number), now=now())
            audit.seal(session)
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def opened(data: Path) -> Iterator[Flask]:
    """The application of that folder."""
    app = create_app(load_settings())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def ask() -> Result:
    result = CliRunner().invoke(doctor)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.output.count("✗") == result.output.count("→")
    assert result.exit_code == (1 if "✗" in result.output else 0)
    return result


@pytest.mark.parametrize("words", ["", "{", "[]", '{"entry": "x", "digest": 1}', "null", "\x00\x00"])
def test_a_garbled_note_of_the_trail_is_said_once_and_written_anew(data: Path, words: str) -> None:
    note = data / "audit-seen.json"
    note.write_text(words)
    assert "audit-seen.json could not be read" in ask().output
    assert ask().output == "✓ nothing wrong was found\n"


def test_what_was_noted_stays_when_there_is_no_room_for_the_next(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask().exit_code == 0
    before = (data / "audit-seen.json").read_text()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(private.os, "fsync", full)
        assert "Looking at the audit trail failed: OSError: [Errno 28]" in ask().output
    assert (data / "audit-seen.json").read_text() == before
    assert [path.name for path in data.iterdir() if path.name.endswith(".part")] == []
    assert ask().exit_code == 0


def test_a_damaged_page_is_said_and_hides_nothing_else(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_PUBLIC_URL", "http://imbas.example")
    path = data / "imbas.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_entry'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(os.urandom(size))
    found = ask().output
    assert found.count("The database is damaged") == 1
    assert "lms restore" in found
    assert "without TLS" in found


@pytest.mark.parametrize("content", [b"", b"no database", os.urandom(8192)], ids=["empty", "words", "noise"])
def test_a_file_that_is_no_database(data: Path, content: bytes) -> None:
    for side in ("-wal", "-shm"):
        (data / f"imbas.sqlite3{side}").unlink(missing_ok=True)
    (data / "imbas.sqlite3").write_bytes(content)
    assert ("The schema of" if not content else "The database is damaged") in ask().output


def test_one_check_that_fails_hides_no_other(
    data: Path, opened: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[checks.Finding]:
        yield checks.Finding("first half", "mend it")
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(
        checks, "CHECKS", (Check("numbers", broken), *checks.CHECKS, Check("the rest", broken))
    )
    found = ask().output
    assert found.count("first half") == 2
    assert "Looking at numbers failed: ZeroDivisionError: division by zero" in found


def test_a_task_that_ran_tomorrow_is_told(data: Path, opened: Flask) -> None:
    with write() as session:
        worker.note_run(session, name=worker.HEARTBEAT, moment=now() + timedelta(days=1))
    db.session.remove()
    found = ask().output
    assert "lies in the future" in found
    assert "No worker was seen" in found


def test_an_entry_of_the_trail_from_tomorrow_is_told(data: Path, opened: Flask) -> None:
    with write() as session:
        audit.record(
            session, actor_id=None, action="test.try", subject=("n", 1), now=now() + timedelta(hours=3)
        )
    db.session.remove()
    assert "The last entry of the audit trail lies in the future" in ask().output


def test_a_backup_from_tomorrow_is_none(data: Path, opened: Flask) -> None:
    with write() as session:
        worker.note_run(session, name=worker.BACKUP, moment=now() + timedelta(days=300))
    db.session.remove()
    assert "no backup of the last two days" in ask().output


@pytest.mark.only_on("postgresql")  # SQLite has no clock of its own
def test_the_clock_of_the_database_is_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(checks._other_clocks()) == []
    monkeypatch.setattr(checks, "datetime", _Fast)
    (finding,) = checks._other_clocks()
    assert "The clock of the database server says" in finding.what


class _Fast(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=5)


def test_what_group_and_others_may_read_is_told(data: Path) -> None:
    assert ask().exit_code == 0, "what it writes itself is private"
    (data / "imbas.sqlite3").chmod(0o644)
    assert f"Other users of this machine may read {data / 'imbas.sqlite3'}" in ask().output
    data.chmod(0o755)
    found = ask().output
    assert f"may read {data} and 1 more in it" in found
    assert f"chmod -R go= {data}" in found


def test_an_empty_file_of_the_secret_key_is_said(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LMS_SECRET_KEY")
    (data / "secret_key").write_text("")
    with pytest.raises(SettingsFault, match="secret_key is empty"):
        Settings(data=data).key()
    assert "secret_key is empty" in ask().output


def test_a_key_that_could_not_be_written_leaves_no_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.delenv("LMS_SECRET_KEY", raising=False)
    with monkeypatch.context() as patched:
        patched.setattr("lms.settings.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            Settings(data=tmp_path).key()
    assert list(tmp_path.iterdir()) == []
    assert len(Settings(data=tmp_path).key()) > 40
    assert Settings(data=tmp_path).key() == Settings(data=tmp_path).key()


def test_whatever_the_umask_everything_is_private(tmp_path: Path) -> None:
    """Database, journals, lock, files, keys and archives, as a shell with a loose umask makes them."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    data, archive = tmp_path / "data", tmp_path / "imbas.tar"
    lms = [sys.executable, "-c", "import os; os.umask(0); from lms.cli.main import main; main()"]
    for command in (["db", "upgrade"], ["doctor"], ["backup", str(archive)]):
        subprocess.run(
            [*lms, *command], env={**known, "LMS_DATA": str(data)}, capture_output=True, timeout=120
        )
    made = [archive, data, *data.rglob("*")]
    assert {"imbas.sqlite3", "secret_key", "audit-seen.json"} <= {path.name for path in made}
    loose = [str(path) for path in made if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    assert loose == []


def test_errors_of_disks_and_databases_are_recognised(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "small.sqlite3") as database:
        database.execute("CREATE TABLE big (words TEXT)")
        database.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.OperationalError) as full:
            database.execute("INSERT INTO big VALUES (?)", ("x" * 99999,))
    assert is_full(full.value)
    assert not is_damage(full.value)
    assert is_full(OSError(28, "No space left on device"))
    assert is_full(OSError(122, "Disk quota exceeded"))
    assert not is_full(OSError(13, "Permission denied"))
    wrapped = RuntimeError("upload")
    wrapped.__cause__ = OSError(28, "No space left on device")
    assert is_full(wrapped)


def test_a_backup_is_private(data: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert CliRunner().invoke(backup, [str(tmp_path / "imbas.tar")]).exit_code == 0
    finally:
        os.umask(before)
    assert (tmp_path / "imbas.tar").stat().st_mode & 0o077 == 0


def test_rows_written_by_hand_that_are_no_json_are_a_finding(data: Path, opened: Flask) -> None:
    with write() as session:
        session.execute(text("UPDATE audit_entry SET after = 'not json' WHERE id = 3"))
    db.session.remove()
    found = ask().output
    assert "audit trail" in found
