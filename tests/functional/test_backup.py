"""Archives: what was backed up comes back, on either database, or not at all."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from lms.app import create_app
from lms.cli.archive import newest_whole
from lms.cli.backup import write_backup, write_changes
from lms.cli.job_log import STOPPED, noted
from lms.cli.restore import drill, read_backup
from lms.platform import audit, migrate, schema, worker
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.settings import Settings
from lms.testing.clock import FixedClock
from lms.testing.databases import PostgresqlDatabases, SqliteDatabases
from lms.testing.people import NOW, make_agency, make_person, make_school


@pytest.fixture
def archive(app: Flask, clock: FixedClock, tmp_path: Path) -> Path:
    with write() as session:
        for number in range(5):
            audit.record(
                session,
                actor_id=None,
                action="test.try",
                subject=("n", number),
                now=clock(),
                after={"percent": "83,10", "nested": [1, {"a": None}]},
            )
        audit.seal(session, most=4)
    storage().restore("ab/abc.pdf", io.BytesIO(b"%PDF-evidence"))
    path = tmp_path / "imbas.tar"
    assert write_backup(path).files == 1
    return path


def empty(folder: Path, url: str = "") -> Flask:
    return create_app(Settings(data=folder, database_url=url, secret_key="s" * 40, environment="test"))


def test_an_empty_installation_takes_it_all(archive: Path, tmp_path: Path) -> None:
    other = empty(tmp_path / "other")
    with other.app_context():
        count = read_backup(archive)
        assert count.files == 1
        assert count.rows >= 5
        assert audit.first_broken(db.session()) is None  # every byte of the chain is there
        assert (audit.latest_digest(db.session())[0], audit.unsealed(db.session())[0]) == (4, 1)
        with storage().open("ab/abc.pdf") as file:
            assert file.read() == b"%PDF-evidence"
        db.session.remove()
        db.engine.dispose()


@pytest.mark.modules
def test_schools_at_work_come_back_hash_by_hash(site_both: Flask, tmp_path: Path) -> None:
    """Answers as people gave them (a word, a list, a number), marks, evidence, certificates."""
    path = tmp_path / "imbas.tar"
    kept = write_backup(path)
    given = [type(value) for value in db.session.scalars(select(Base.metadata.tables["answer"].c.value))]
    assert {str, list, dict} <= set(given)
    assert drill(path, site_both) == kept


@pytest.fixture
def archive_of_old_values(tmp_path: Path) -> Path:
    """What a SQLite database took before columns were checked."""
    old, path = empty(tmp_path / "old"), tmp_path / "imbas.tar"
    with old.app_context():
        migrate.upgrade(db.engine, platform(old).components)
        with write() as session:
            make_school(session, make_agency(session))
            make_person(session)
            audit.record(
                session, actor_id=None, action="test.try", subject=("n", 1), now=NOW, after={"a": "b"}
            )
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE school SET name = :name"), {"name": "panjang " * 80})
            connection.execute(text("UPDATE person SET position = :value"), {"value": "guru\x00kelas"})
            connection.execute(text("UPDATE audit_entry SET after = :value"), {"value": '{"a": "b\\u0000"}'})
        write_backup(path)
        db.session.remove()
        db.engine.dispose()
    return path


def test_values_that_no_column_takes_any_more_are_named_or_cleaned(
    archive_of_old_values: Path,
    tmp_path: Path,
    databases: SqliteDatabases | PostgresqlDatabases,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = empty(tmp_path / "other", databases.empty() if isinstance(databases, PostgresqlDatabases) else "")
    with other.app_context():
        with pytest.raises(click.ClickException) as refused:
            read_backup(archive_of_old_values)
        assert "school id=1, name: At most 200 characters, now 640." in refused.value.message
        assert "--clean" in refused.value.message
        assert read_backup(archive_of_old_values, clean=True).rows
        said = capsys.readouterr().out
        assert "cleaned: person id=1, position" in said
        assert "cleaned: audit_entry id=" in said
        tables = Base.metadata.tables
        assert db.session.scalar(select(tables["school"].c.name)) == ("panjang " * 80)[:200]
        assert db.session.scalar(select(tables["person"].c.position)) == "guru\ufffdkelas"
        db.session.remove()
        db.engine.dispose()


def test_it_is_refused_where_there_is_data_already(archive: Path) -> None:
    with pytest.raises(click.ClickException, match="not empty"):
        read_backup(archive)


def test_an_installation_that_is_refused_keeps_its_schema(app: Flask, archive: Path) -> None:
    core = platform(app).components[0]
    migrate.downgrade(db.engine, core, "-1")
    before = schema.status(db.engine, (core,))
    with pytest.raises(click.ClickException, match="nothing was changed"):
        read_backup(archive)
    assert schema.status(db.engine, (core,)) == before


def test_a_damaged_archive_restores_nothing(archive: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar"
    with tarfile.open(archive) as source, tarfile.open(damaged, "w") as target:
        for member in source:
            file = source.extractfile(member)
            assert file is not None
            body = file.read()
            if member.name == "tables/audit_entry.jsonl":
                body = body.replace(b"83,10", b"99,10")
            member.size = len(body)
            target.addfile(member, io.BytesIO(body))
    other = empty(tmp_path / "other")
    with other.app_context():
        with pytest.raises(click.ClickException, match="hash does not fit"):
            read_backup(damaged)
        assert inspect(db.engine).get_table_names() == []
        db.session.remove()
        db.engine.dispose()


def with_manifest(source: Path, target: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The same archive, but for its manifest."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            body = file.read()
            if member.name == "manifest.json":
                manifest = json.loads(body)
                change(manifest)
                body = json.dumps(manifest).encode()
            member.size = len(body)
            new.addfile(member, io.BytesIO(body))


def test_other_versions_are_refused_by_name(archive: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.tar"
    with_manifest(archive, changed, lambda manifest: manifest["revisions"].update(core="of_the_future"))
    other = empty(tmp_path / "other")
    with other.app_context():
        with pytest.raises(click.ClickException, match=r"core of_the_future there.* Nothing was changed"):
            read_backup(changed)
        assert inspect(db.engine).get_table_names() == [], "else the right version finds a newer schema"
        db.engine.dispose()


def test_what_changed_is_restored_with_the_whole_archive_beside_it(
    archive: Path, clock: FixedClock, tmp_path: Path
) -> None:
    with write() as session:
        audit.record(session, actor_id=None, action="test.later", subject=("n", 9), now=clock(), after={})
    storage().restore("cd/later.pdf", io.BytesIO(b"%PDF-later"))
    changes = tmp_path / "changes.tar"
    assert write_backup(changes, since=archive).files == 2
    with tarfile.open(changes) as tar:
        assert [name for name in tar.getnames() if name.startswith("files/")] == ["files/cd/later.pdf"]
    other = empty(tmp_path / "other")
    with other.app_context():
        assert read_backup(changes).files == 2
        for key, body in (("ab/abc.pdf", b"%PDF-evidence"), ("cd/later.pdf", b"%PDF-later")):
            with storage().open(key) as file:
                assert file.read() == body
        assert audit.first_broken(db.session()) is None
        db.session.remove()
        db.engine.dispose()


def test_a_file_that_is_gone_does_not_come_back(archive: Path, tmp_path: Path) -> None:
    storage().delete("ab/abc.pdf")
    changes = tmp_path / "changes.tar"
    assert write_backup(changes, since=archive).files == 0
    other = empty(tmp_path / "other")
    with other.app_context():
        assert read_backup(changes).files == 0
        assert not storage().exists("ab/abc.pdf")
        db.session.remove()
        db.engine.dispose()


def test_changes_without_the_whole_archive_restore_nothing(archive: Path, tmp_path: Path) -> None:
    changes, alone = tmp_path / "changes.tar", tmp_path / "alone" / "changes.tar"
    write_backup(changes, since=archive)
    alone.parent.mkdir()
    changes.rename(alone)
    other = empty(tmp_path / "other")
    with other.app_context():
        with pytest.raises(
            click.ClickException, match=r"imbas\.tar: put that beside it; nothing was restored"
        ):
            read_backup(alone)
        (alone.parent / "imbas.tar").write_bytes(
            archive.read_bytes().replace(b"%PDF-evidence", b"%PDF-forgery!")
        )
        with pytest.raises(click.ClickException, match="hash does not fit; nothing was restored"):
            read_backup(alone)
        assert inspect(db.engine).get_table_names() == []
        db.engine.dispose()


def test_changes_leave_out_what_the_newest_whole_archive_has(archive: Path, tmp_path: Path) -> None:
    changes = tmp_path / "changes.tar"
    assert newest_whole(archive) is None, "not itself"
    assert newest_whole(changes) == archive
    write_backup(changes, since=archive)
    assert newest_whole(tmp_path / "more.tar") == archive, "changes is newer, but not whole"
    newer = tmp_path / "newer.tar"
    write_backup(newer)
    os.utime(archive, (1, 1))
    assert newest_whole(changes) == newer
    (tmp_path / "half.tar").write_bytes(newer.read_bytes()[:700])
    (tmp_path / "empty.tar").touch()
    with tarfile.open(tmp_path / "foreign.tar", "w") as foreign:
        foreign.add(__file__, "other.py")
    assert newest_whole(changes) == newer, "what else lies there stops no backup"


@pytest.mark.parametrize("problem", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_half_an_archive_does_not_stay(
    archive: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    """The one before it does."""

    def fail(_key: str) -> None:
        raise problem

    before = archive.read_bytes()
    monkeypatch.setattr(storage(), "open", fail)
    for path in (archive, archive.with_name("new.tar")):
        with pytest.raises(type(problem)):
            write_backup(path)
    assert [path.name for path in archive.parent.glob("*.tar*")] == [archive.name]
    assert archive.read_bytes() == before


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_backup_that_was_stopped_is_none(app: Flask, stop: signal.Signals) -> None:
    """Ctrl-C, or systemd that goes down."""

    def work() -> dict[str, int]:
        signal.raise_signal(stop)
        return {}

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        noted(worker.BACKUP, work)
    assert worker.last_done(db.session(), worker.BACKUP) == (None,)
    assert [run.error for run in worker.failed_tasks(db.session())] == [STOPPED]


def test_what_failed_is_said_even_when_it_cannot_be_written_down(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> dict[str, int]:
        raise OSError("no space for the archive")

    def note(*_words: object, **_values: object) -> None:
        raise OSError("no space for the database")

    monkeypatch.setattr(worker, "note_run", note)
    with pytest.raises(OSError, match="for the archive"):
        noted(worker.BACKUP, work)


def test_changes_do_not_replace_a_whole_archive(archive: Path, tmp_path: Path) -> None:
    """Also one that was written before archives said whether they are whole."""
    before = archive.read_bytes()
    with pytest.raises(click.ClickException, match=r"imbas\.tar is a whole archive.* Nothing was changed"):
        write_changes(archive)
    assert archive.read_bytes() == before
    with_manifest(archive, tmp_path / "older.tar", lambda manifest: manifest.pop("whole"))
    with pytest.raises(click.ClickException, match="is a whole archive"):
        write_changes(tmp_path / "older.tar")
    (tmp_path / "half.tar").write_bytes(before[:700])
    assert write_changes(tmp_path / "half.tar").files == 1


def test_nothing_leans_on_changes_even_where_nothing_was_left_out(app: Flask, tmp_path: Path) -> None:
    """They are written over again in five minutes."""
    storage().restore("ab/abc.pdf", io.BytesIO(b"%PDF-evidence"))
    first, second = tmp_path / "changes.tar", tmp_path / "more.tar"
    for path in (first, second, first):
        write_changes(path)
        with tarfile.open(path) as tar:
            assert "files/ab/abc.pdf" in tar.getnames()
    other = empty(tmp_path / "other")
    with other.app_context():
        assert read_backup(first).files == 1
        db.session.remove()
        db.engine.dispose()


def test_changes_whose_whole_archive_was_replaced_say_so(archive: Path, tmp_path: Path) -> None:
    changes = tmp_path / "changes.tar"
    write_changes(changes)
    archive.write_bytes(changes.read_bytes())
    other = empty(tmp_path / "other")
    with other.app_context():
        with pytest.raises(
            click.ClickException, match=r"imbas\.tar is no whole archive any more.* nothing was restored"
        ):
            read_backup(changes)
        assert inspect(db.engine).get_table_names() == []
        db.engine.dispose()


def run_backup(app: Flask, path: Path, *options: str) -> int:
    """``lms backup`` as the units call it; its exit code."""
    environment = {
        f"LMS_{name.upper()}": str(value)
        for name, value in (
            ("data", platform(app).settings.data),
            ("secret_key", "s" * 40),
            ("environment", "test"),
            ("database_url", platform(app).settings.database_url),
            ("storage_url", platform(app).settings.storage_url),
        )
    }
    command = [sys.executable, "-m", "lms", "backup", str(path), *options]
    return subprocess.run(command, check=False, capture_output=True, env=os.environ | environment).returncode


@pytest.mark.slow
def test_the_command_writes_changes_beside_a_whole_archive(app: Flask, tmp_path: Path) -> None:
    """At first there is nothing to leave anything out for."""
    storage().restore("ab/abc.pdf", io.BytesIO(b"%PDF-evidence"))
    kept = []
    for name, options in (("changes", ["--changes"]), ("whole", []), ("changes", ["--changes"])):
        path = tmp_path / f"{name}.tar"
        assert run_backup(app, path, *options) == 0
        with tarfile.open(path) as tar:
            kept.append("files/ab/abc.pdf" in tar.getnames())
    assert kept == [True, True, False]


@pytest.mark.slow
def test_a_failed_backup_and_one_of_changes_are_no_last_backup(app: Flask, tmp_path: Path) -> None:
    def done(name: str) -> datetime | None:
        db.session.rollback()
        db.session.expire_all()
        return worker.last_done(db.session(), name)[0]

    assert run_backup(app, tmp_path / "changes.tar", "--changes") == 0
    assert (done(worker.BACKUP), done(worker.CHANGES) is not None) == (None, True)
    assert run_backup(app, tmp_path / "whole.tar") == 0
    whole = done(worker.BACKUP)
    assert whole is not None
    assert run_backup(app, tmp_path / "no such folder" / "whole.tar") != 0
    assert done(worker.BACKUP) == whole
    assert [run.name for run in worker.failed_tasks(db.session())] == [worker.BACKUP]
