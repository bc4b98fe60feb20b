"""Backup and restore with the rows of every plugin and files, from either database into either."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, inspect, select

from lms.api import Role, StorySchool
from lms.app import create_app
from lms.cli.backup import backup, write_backup
from lms.cli.restore import drill, read_backup, restore
from lms.contract.errors import PluginFault
from lms.platform import audit, migrate, worker
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.platform.plugins import plugins
from lms.platform.registry import table_prefix
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.databases import PostgresqlDatabases
from lms.testing.world import World, make_world, row


@pytest.fixture
def lived_in(app: Flask) -> World:
    """A school in which every plugin's own demonstration was told, and three files."""
    modules = sorted(plugins().registry.module_types)
    world = make_world(modules[0], title="Modul", school_name="SD Negeri 19")
    with write() as session:
        for position, module in enumerate(modules[1:], start=2):
            row(
                session,
                "module_placement",
                stage_id=world.stage_id,
                module_key=module,
                title="Modul",
                position=position,
                jp_in=4,
                jp_on=8,
            )
    schools = tuple(
        StorySchool(
            school_id,
            world.people[Role.HEADMASTER],
            (world.people[Role.QUALITY_TEAM],),
            teachers,
            world.people[Role.FACILITATOR],
            world.people[Role.GRADER],
        )
        for school_id, teachers in (
            (world.school_id, (world.people[Role.TEACHER], world.colleague)),
            (world.other_school_id, (world.stranger, world.people[Role.SUPERVISOR])),  # the last one is slow
        )
    )
    told = plugins().ask(
        "lms_story", strict=True, session=db.session(), programme_id=world.programme_id, schools=schools
    )
    for moment, act in sorted(
        (event for _name, events in told for event in events), key=lambda event: event[0]
    ):
        with write() as session:
            act(session, moment)
    for number in range(3):
        storage().put(f"bukti {number}".encode() * 1000, suffix="pdf")
    with write() as session:
        assert audit.seal(session)
    db.session.remove()
    return world


@pytest.fixture
def target_url(target_kind: str, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    if target_kind == "sqlite":
        return ""
    if request.config.getoption("--db") == "sqlite":
        pytest.skip("asked for SQLite alone")
    return PostgresqlDatabases(request.getfixturevalue("postgresql_server").url, lambda _url: None).empty()


@pytest.mark.parametrize("target_kind", ["sqlite", "postgresql"])
def test_what_was_backed_up_comes_back(app: Flask, lived_in: World, target_url: str, tmp_path: Path) -> None:
    archive, again = tmp_path / "imbas.tar", tmp_path / "again.tar"
    kept = write_backup(archive)
    assert kept.files >= 3
    assert audit.first_broken(db.session()) is None
    other = make_app(
        Settings(data=tmp_path / "other", database_url=target_url, secret_key="s" * 40, environment="test")
    )
    with other.app_context():
        assert read_backup(archive) == kept
        assert write_backup(again) == kept
        assert audit.first_broken(db.session()) is None
        with_tables = [name for name in plugins().names if _has_tables(name)]
        assert len(with_tables) > 2
        for name in with_tables:
            assert _rows_of(name) > 0, f"{name} has no row that could have been lost"
        migrate.upgrade(db.engine, platform(other).components)
        with write() as session:  # the next row gets a number of its own
            audit.record(
                session, actor_id=None, action="test.after", subject=("n", 1), now=platform(app).clock()
            )
        db.session.remove()
        db.engine.dispose()
    assert _hashes(archive) == _hashes(again)


def _has_tables(plugin: str) -> bool:
    return any(table.startswith(f"p_{plugin}_") for table in Base.metadata.tables)


def test_the_drill_leaves_the_installation_alone(app: Flask, lived_in: World, tmp_path: Path) -> None:
    archive = tmp_path / "imbas.tar"
    kept = write_backup(archive)
    before = _rows_of("")
    assert drill(archive, app) == kept
    assert _rows_of("") == before


def without_plugins(app: Flask, **changed: Any) -> Flask:
    """The same installation, all of whose plugins are switched off."""
    off = {"plugins_off": ",".join(platform(app).plugins.names), **changed}
    return create_app(platform(app).settings.model_copy(update=off))


@pytest.fixture
def kept_off(app: Flask, lived_in: World, tmp_path: Path) -> Path:
    """An archive that was written while every plugin was off."""
    path = tmp_path / "off.tar"
    with without_plugins(app).app_context():
        write_backup(path)
        db.session.remove()
        db.engine.dispose()
    return path


@pytest.mark.parametrize("target_kind", ["sqlite", "postgresql"])
def test_rows_of_a_plugin_that_is_off_come_back_where_it_is(
    app: Flask, kept_off: Path, target_url: str, tmp_path: Path
) -> None:
    """Exact numbers, times, answers: as an archive has them that was written with the plugin."""
    on, again = tmp_path / "on.tar", tmp_path / "again.tar"
    kept = write_backup(on)
    other = make_app(
        Settings(data=tmp_path / "other", database_url=target_url, secret_key="s" * 40, environment="test")
    )
    with other.app_context():
        assert read_backup(kept_off) == kept
        assert write_backup(again) == kept
        db.session.remove()
        db.engine.dispose()
    assert _hashes(again) == _hashes(on)
    assert drill(kept_off, app) == kept


def test_where_a_plugin_is_missing_its_rows_are_left_out_on_demand_only(
    app: Flask, kept_off: Path, tmp_path: Path
) -> None:
    missing = platform(app).plugins.names
    other = without_plugins(app, data=tmp_path / "other", database_url="", storage_url="")
    with other.app_context():
        for tried in (read_backup, lambda archive: drill(archive, other)):
            with pytest.raises(click.ClickException, match=f"rows of {missing[0]}.* Nothing was changed"):
                tried(kept_off)
        assert inspect(db.engine).get_table_names() == []
        with pytest.raises(click.ClickException, match=f"rows of {missing[-1]}: not"):
            read_backup(kept_off, without=missing[:-1])
        for name in ("core", "gardn"):
            with pytest.raises(
                click.ClickException, match=f"no rows of {name}, but of .* nothing was changed"
            ):
                read_backup(kept_off, without=[*missing, name])
        kept = read_backup(kept_off, without=missing)
        assert drill(kept_off, other, without=missing) == kept
        db.session.remove()
        db.engine.dispose()
    assert write_backup(tmp_path / "on.tar").rows == kept.rows + sum(map(_rows_of, missing))


def test_a_plugin_that_the_archive_knows_nothing_of_begins_without_rows(app: Flask, tmp_path: Path) -> None:
    source = without_plugins(app, data=tmp_path / "source", database_url="", storage_url="")
    archive = tmp_path / "source.tar"
    with source.app_context():
        migrate.upgrade(db.engine, platform(source).components)
        with write() as session:
            audit.record(
                session, actor_id=None, action="test.before", subject=("n", 1), now=platform(app).clock()
            )
        kept = write_backup(archive)
        db.session.remove()
        db.engine.dispose()
    assert drill(archive, app) == kept


def test_the_commands_keep_and_try_what_is_off(
    app: Flask, lived_in: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = platform(app).settings
    for name in ("data", "database_url", "secret_key", "environment"):
        monkeypatch.setenv(f"LMS_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("LMS_PLUGINS_OFF", ",".join(platform(app).plugins.names))
    archive = str(tmp_path / "off.tar")
    assert CliRunner().invoke(backup, [archive]).exit_code == 0
    said = CliRunner().invoke(restore, [archive, "--drill"])
    assert (said.exit_code, "every hash was compared" in said.output) == (0, True), said.output

    def broken(**_options: object) -> None:
        raise PluginFault(("garden: cannot be loaded",))

    monkeypatch.setattr("lms.cli.restore.load_plugins", broken)
    said = CliRunner().invoke(restore, [archive, "--drill"])
    assert (said.exit_code, "not installed here, or broken" in said.output) == (1, True), said.output
    assert [run.name for run in worker.failed_tasks(db.session())] == [worker.DRILL]


HOSTILE: dict[str, Any] = {
    "zip slip": {"files/../../etc/cron.d/x": b"* * * * * root true"},
    "absolute path": {"/etc/passwd": b"root::0:0"},
    "another table": {"tables/../x.jsonl": b"{}"},
    "hidden file": {"files/ab/.ssh": b"key"},
}


@pytest.mark.parametrize("members", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_before_anything_is_written(
    members: dict[str, bytes], tmp_path: Path
) -> None:
    import hashlib

    hashes = {name: hashlib.sha256(body).hexdigest() for name, body in members.items()}
    manifest = {"format": 1, "revisions": {}, "hashes": hashes}
    archive = _tar(tmp_path, {**members, "manifest.json": json.dumps(manifest).encode()})
    _refused(archive, tmp_path, "has no place")


def test_links_and_devices_are_no_files(tmp_path: Path) -> None:
    manifest = json.dumps({"format": 1, "revisions": {}, "hashes": {"files/ab/abc.pdf": "0" * 64}}).encode()
    archive = _tar(tmp_path, {"manifest.json": manifest})
    with tarfile.open(archive, "a") as tar:
        info = tarfile.TarInfo("files/ab/abc.pdf")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    _refused(archive, tmp_path, "is missing")


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_compressed_bomb_is_not_even_opened(tmp_path: Path, mode: Any) -> None:
    bomb = tmp_path / "bomb.tar"
    with tarfile.open(bomb, mode) as tar:
        info = tarfile.TarInfo("manifest.json")
        info.size = 20_000_000
        tar.addfile(info, io.BytesIO(bytes(info.size)))
    _refused(bomb, tmp_path, "is not an archive")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"format": 2, "hashes": {}, "revisions": {}}',
        b'{"format": 1}',
        b'{"format": 1, "hashes": {}}',
        b'{"format": 1, "hashes": {}, "revisions": {}, "by_sqlite": 7}',
    ],
)
def test_a_manifest_that_is_none(tmp_path: Path, body: bytes) -> None:
    _refused(_tar(tmp_path, {"manifest.json": body}), tmp_path, "manifest.json cannot|format 2")


@pytest.mark.parametrize("since", ["../other.tar", "/etc/passwd", 7, ""])
def test_what_it_leaves_out_is_looked_for_beside_it_only(tmp_path: Path, since: Any) -> None:
    manifest = {"format": 1, "revisions": {}, "since": since, "hashes": {}}
    _refused(
        _tar(tmp_path, {"manifest.json": json.dumps(manifest).encode()}), tmp_path, "is no name|put that"
    )


def _refused(archive: Path, tmp_path: Path, sentence: str) -> None:
    other = make_app(Settings(data=tmp_path / "other", secret_key="s" * 40, environment="test"))
    with other.app_context():
        with pytest.raises(click.ClickException, match=sentence):
            read_backup(archive)
        assert inspect(db.engine).get_table_names() == []
        db.engine.dispose()
    assert not list((tmp_path / "other").rglob("*.pdf"))


def _tar(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "made.tar"
    with tarfile.open(path, "w") as tar:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return path


def _hashes(archive: Path) -> Any:
    with tarfile.open(archive) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        return json.loads(file.read())["hashes"]


def _rows_of(plugin: str) -> int:
    prefix = table_prefix(plugin) if plugin else ""
    tables = [table for table in Base.metadata.tables.values() if table.name.startswith(prefix)]
    return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
