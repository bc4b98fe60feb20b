"""``lms backup`` and ``lms restore``: database and files in one archive, and the drill that proves it.

The archive is a plain tar with a manifest of hashes, so that a restore can prove itself. Rows are
kept as JSON lines per table: a backup of SQLite restores into PostgreSQL and the other way round.
Restoring runs nothing that the archive contains, and writes nothing before every hash was compared.

Files are never changed once they are stored. So an archive may leave out those which a whole one has:
small enough to be written every five minutes, and restored with the whole one beside it.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

import click
from flask import Flask, current_app
from sqlalchemy import Connection, Table, func, inspect, select

from lms.app import create_app
from lms.cli.archive import FILES, FORMAT, MANIFEST, newest_whole, opened, refuse_to_replace_whole
from lms.cli.noted import noted
from lms.cli.rows import fill, lines
from lms.platform import migrate, worker
from lms.platform.db import Base, db
from lms.platform.storage import CHUNK, storage
from lms.settings import Settings


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--changes", is_flag=True, help="Leave out files that the newest whole archive in the same folder has."
)
def backup(archive: Path, changes: bool) -> None:
    """Write everything to ARCHIVE (a .tar file)."""
    with create_app().app_context():
        name = worker.CHANGES if changes else worker.BACKUP
        count = noted(name, lambda: write_changes(archive) if changes else write_backup(archive))
        db.engine.dispose()
    click.echo(f"{archive}: {count['rows']} rows, {count['files']} files")


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--drill", "is_drill", is_flag=True, help="Restore into a throw-away place and compare.")
def restore(archive: Path, is_drill: bool) -> None:
    """Read everything back from ARCHIVE into an empty installation."""
    app = create_app()
    with app.app_context():
        count = noted(worker.DRILL, lambda: drill(archive, app)) if is_drill else read_backup(archive)
        db.engine.dispose()
    where = "could be restored" if is_drill else "restored"
    click.echo(f"{count['rows']} rows and {count['files']} files {where}; every hash was compared")


def write_changes(archive: Path) -> dict[str, int]:
    """Write ``archive`` without the files of the newest whole one beside it; raises ClickException."""
    refuse_to_replace_whole(archive)
    return write_backup(archive, since=newest_whole(archive), whole=False)


def write_backup(archive: Path, *, since: Path | None = None, whole: bool = True) -> dict[str, int]:
    """Write ``archive``; one read transaction, so the rows fit together. Counts what was kept.

    Files that ``since`` has are left out: a whole archive in the same folder. Without ``whole`` no other
    archive will lean on this one. Raises ClickException.
    """
    known: dict[str, str] = {}
    if since is not None:
        with opened(since) as former:
            known = former.hashes
    hashes: dict[str, str] = {}
    rows = files = 0
    with (
        _in_place_of(archive) as file,
        tarfile.open(fileobj=file, mode="w") as tar,
        db.engine.connect() as connection,
    ):
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        for table in _tables(connection):
            with TemporaryFile() as spool:
                for line in lines(connection, table):
                    spool.write(line)
                    rows += 1
                _add(tar, f"tables/{table.name}.jsonl", spool, hashes)
        store = storage()
        for key in store.keys():  # noqa: SIM118 (a store, not a mapping)
            name = f"{FILES}{key}"
            if name in known:
                hashes[name] = known[name]
            else:
                _add_file(tar, name, store.open(key), hashes)
            files += 1
        manifest = {
            "format": FORMAT,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "revisions": _revisions(),
            "since": since.name if since else None,
            "whole": whole and since is None,
            "hashes": hashes,
        }
        with TemporaryFile() as spool:
            spool.write(json.dumps(manifest, indent=1).encode())
            _add(tar, MANIFEST, spool, {})
    return {"rows": rows, "files": files}


def read_backup(archive: Path) -> dict[str, int]:
    """Restore ``archive`` into an empty database; raises ClickException with what is wrong."""
    with opened(archive) as found:
        found.prove()
        migrate.upgrade(db.engine, current_app.extensions["components"])
        if found.manifest["revisions"] != _revisions():
            raise click.ClickException(
                "the archive was written with other versions of Imbas or its plugins: "
                f"{found.manifest['revisions']} there, {_revisions()} here. Install those versions first."
            )
        with db.engine.begin() as connection:
            tables = _tables(connection)
            _refuse_taken(connection, tables)
            rows = sum(
                fill(connection, table, found.member(f"tables/{table.name}.jsonl")) for table in tables
            )
            names = [name for name in found.hashes if name.startswith(FILES)]
            for name in names:
                storage().restore(name.removeprefix(FILES), found.member(name))  # type: ignore[arg-type]
    return {"rows": rows, "files": len(names)}


def drill(archive: Path, app: Flask) -> dict[str, int]:
    """Restore into a throw-away SQLite and folder, back that up, and compare every hash."""
    with TemporaryDirectory(prefix="imbas-drill-") as folder:
        settings = Settings(data=Path(folder), secret_key="drill" * 8, environment="test")
        other = create_app(settings, plugins=app.extensions["plugins"])
        with other.app_context():
            count = read_backup(archive)
            again = Path(folder) / "again.tar"
            write_backup(again)
            db.session.remove()
            db.engine.dispose()
        with opened(archive) as one, opened(again) as two:
            first, second = one.hashes, two.hashes
        different = sorted(name for name in {*first, *second} if first.get(name) != second.get(name))
        if different:
            raise click.ClickException(f"what came back differs: {', '.join(different[:5])}")
    return count


@contextmanager
def _in_place_of(archive: Path) -> Iterator[IO[bytes]]:
    """A file beside ``archive`` that takes its place once it is whole; what is not whole is removed.

    On a full disk a part that stayed would leave no room for the next archive either.
    """
    part = archive.with_name(archive.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # the archive before it must outlive a power cut
        part.replace(archive)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _refuse_taken(connection: Connection, tables: list[Table]) -> None:
    taken = [table.name for table in tables if connection.scalar(select(func.count()).select_from(table))]
    if taken:
        raise click.ClickException(
            f"this installation is not empty ({', '.join(taken[:3])} ...); nothing was changed"
        )


def _tables(connection: Connection) -> list[Table]:
    """Our tables that the database has, parents first. A plugin that is gone keeps its tables."""
    present = set(inspect(connection).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in present]


def _revisions() -> dict[str, str | None]:
    return {
        part.name: part.current for part in migrate.status(db.engine, current_app.extensions["components"])
    }


def _add_file(tar: tarfile.TarFile, name: str, stored: IO[bytes], hashes: dict[str, str]) -> None:
    with stored, TemporaryFile() as spool:
        for chunk in iter(lambda: stored.read(CHUNK), b""):
            spool.write(chunk)
        _add(tar, name, spool, hashes)


def _add(tar: tarfile.TarFile, name: str, spool: IO[bytes], hashes: dict[str, str]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = spool.tell(), 0o600
    hashes[name] = _digest(spool)
    spool.seek(0)
    tar.addfile(info, spool)


def _digest(spool: IO[bytes]) -> str:
    spool.seek(0)
    return hashlib.file_digest(spool, "sha256").hexdigest()  # type: ignore[arg-type]
