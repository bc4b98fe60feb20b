"""Backup and restore with the rows of every plugin and files, from either database into either."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from lms.api import Role, StorySchool
from lms.cli.backup import drill, read_backup, write_backup
from lms.platform import audit, migrate
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
            row(session, "module_placement", stage_id=world.stage_id, module_key=module, title="Modul",
                position=position, jp_in=4, jp_on=8)  # fmt: skip
    school = StorySchool(
        world.school_id, world.people[Role.HEADMASTER], (world.people[Role.QUALITY_TEAM],),
        (world.people[Role.TEACHER], world.colleague), world.people[Role.FACILITATOR], world.people[Role.GRADER],
    )  # fmt: skip
    told = plugins().ask(
        "lms_story", strict=True, session=db.session(), programme_id=world.programme_id, schools=(school,)
    )
    for moment, act in sorted(
        (event for _name, events in told for event in events), key=lambda event: event[0]
    ):
        with write() as session:
            act(session, moment)
    for number in range(3):
        storage().put(f"bukti {number}".encode() * 1000, suffix="pdf")
    db.session.remove()
    return world


@pytest.mark.parametrize("target_kind", ["sqlite", "postgresql"])
def test_what_was_backed_up_comes_back(
    app: Flask, lived_in: World, target_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = ""
    if target_kind == "postgresql":
        if request.config.getoption("--db") == "sqlite":
            pytest.skip("asked for SQLite alone")
        server = request.getfixturevalue("postgresql_server").url
        url = PostgresqlDatabases(server, lambda _url: None).empty()
    archive, again = tmp_path / "imbas.tar", tmp_path / "again.tar"
    kept = write_backup(archive)
    assert kept["files"] >= 3
    assert audit.first_broken(db.session()) is None
    other = make_app(
        Settings(data=tmp_path / "other", database_url=url, secret_key="s" * 40, environment="test")
    )
    with other.app_context():
        assert read_backup(archive) == kept
        assert write_backup(again) == kept
        assert audit.first_broken(db.session()) is None
        for name in plugins().names:
            assert _rows_of(name) > 0, f"{name} has no row that could have been lost"
        migrate.upgrade(db.engine, other.extensions["components"])
        with write() as session:  # the next row gets a number of its own
            audit.record(
                session, actor_id=None, action="test.after", subject=("n", 1), now=app.extensions["clock"]()
            )
        db.session.remove()
        db.engine.dispose()
    assert _hashes(archive) == _hashes(again)


def test_the_drill_leaves_the_installation_alone(app: Flask, lived_in: World, tmp_path: Path) -> None:
    archive = tmp_path / "imbas.tar"
    kept = write_backup(archive)
    before = _rows_of("")
    assert drill(archive, app) == kept
    assert _rows_of("") == before


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


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"format": 2, "hashes": {}}', b'{"format": 1}'])
def test_a_manifest_that_is_none(tmp_path: Path, body: bytes) -> None:
    _refused(_tar(tmp_path, {"manifest.json": body}), tmp_path, "manifest.json cannot|format 2")


@pytest.mark.parametrize("since", ["../other.tar", "/etc/passwd", 7, ""])
def test_what_it_leaves_out_is_looked_for_beside_it_only(tmp_path: Path, since: Any) -> None:
    manifest = {"format": 1, "revisions": {}, "since": since, "hashes": {}}
    _refused(
        _tar(tmp_path, {"manifest.json": json.dumps(manifest).encode()}), tmp_path, "is no name|put that"
    )


def _refused(archive: Path, tmp_path: Path, sentence: str) -> None:
    import click

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
