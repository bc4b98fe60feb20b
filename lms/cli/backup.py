"""``lms backup`` and ``lms restore``: database, files and settings in one archive.

The archive is a plain tar with a manifest of hashes, so that a restore can prove itself. Rows are
kept as JSON lines per table: a backup of SQLite restores into PostgreSQL and the other way round.
Restoring runs nothing that the archive contains.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import click
from flask import current_app
from sqlalchemy import Connection, Table, TypeDecorator, func, insert, inspect, select, text

from lms.app import create_app
from lms.platform import migrate
from lms.platform.db import Base, db
from lms.platform.storage import storage

FORMAT = 1
MANIFEST = "manifest.json"
_BATCH = 1000


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
def backup(archive: Path) -> None:
    """Write everything to ARCHIVE (a .tar file)."""
    app = create_app()
    with app.app_context():
        count = write_backup(archive)
        db.engine.dispose()
    click.echo(f"{archive}: {count['rows']} rows, {count['files']} files")


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(archive: Path) -> None:
    """Read everything back from ARCHIVE into an empty installation."""
    app = create_app()
    with app.app_context():
        count = read_backup(archive)
        db.engine.dispose()
    click.echo(f"{count['rows']} rows and {count['files']} files restored; every hash was compared")


def write_backup(archive: Path) -> dict[str, int]:
    """Write ``archive``; one read transaction, so the rows fit together. Counts what was kept."""
    part = archive.with_name(archive.name + ".part")
    hashes: dict[str, str] = {}
    rows = files = 0
    with tarfile.open(part, "w") as tar, db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        for table in _tables(connection):
            body = "".join(f"{line}\n" for line in _lines(connection, table)).encode()
            rows += body.count(b"\n")
            _add(tar, f"tables/{table.name}.jsonl", body, hashes)
        store = storage()
        for key in store.keys():  # noqa: SIM118 (a store, not a mapping)
            with storage().open(key) as file:
                _add(tar, f"files/{key}", file.read(), hashes)
            files += 1
        manifest = {
            "format": FORMAT,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "revisions": _revisions(),
            "hashes": hashes,
        }
        _add(tar, MANIFEST, json.dumps(manifest, indent=1).encode(), {})
    part.replace(archive)
    (current_app.config["LMS"].data / "last-backup").write_text(manifest["written_at"])
    return {"rows": rows, "files": files}


def read_backup(archive: Path) -> dict[str, int]:
    """Restore ``archive`` into an empty database; raises ClickException with what is wrong."""
    with tarfile.open(archive, "r") as tar:
        manifest = json.loads(_member(tar, MANIFEST).read())
        if manifest["format"] != FORMAT:
            raise click.ClickException(f"the archive has format {manifest['format']}, this reads {FORMAT}")
        migrate.upgrade(db.engine, current_app.extensions["components"])
        if manifest["revisions"] != _revisions():
            raise click.ClickException(
                "the archive was written with other versions of Imbas or its plugins: "
                f"{manifest['revisions']} there, {_revisions()} here. Install those versions first."
            )
        with db.engine.begin() as connection:
            rows = _restore_rows(tar, connection, manifest["hashes"])
        files = _restore_files(tar, manifest["hashes"])
    return {"rows": rows, "files": files}


def _restore_rows(tar: tarfile.TarFile, connection: Connection, hashes: dict[str, str]) -> int:
    tables = _tables(connection)
    taken = [table.name for table in tables if connection.scalar(select(func.count()).select_from(table))]
    if taken:
        raise click.ClickException(
            f"this installation is not empty ({', '.join(taken[:3])} ...); nothing was changed"
        )
    rows = 0
    for table in tables:
        name = f"tables/{table.name}.jsonl"
        body = _proved(tar, name, hashes)
        values = [_row(table, json.loads(line)) for line in body.decode().splitlines()]
        for start in range(0, len(values), _BATCH):
            connection.execute(insert(table), values[start : start + _BATCH])
        rows += len(values)
        _advance_sequence(connection, table)
    return rows


def _restore_files(tar: tarfile.TarFile, hashes: dict[str, str]) -> int:
    names = [name for name in hashes if name.startswith("files/")]
    for name in names:
        storage().restore(name.removeprefix("files/"), io.BytesIO(_proved(tar, name, hashes)))
    return len(names)


def _tables(connection: Connection) -> list[Table]:
    """Our tables that the database has, parents first. A plugin that is gone keeps its tables."""
    present = set(inspect(connection).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in present]


def _lines(connection: Connection, table: Table) -> Iterator[str]:
    order = list(table.primary_key.columns)
    for row in connection.execute(select(table).order_by(*order)).mappings():
        yield json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def _row(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    return {name: _typed(table.c[name], value) for name, value in values.items()}


def _typed(column: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    stored = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    kind: Any = stored.python_type
    if hasattr(kind, "fromisoformat"):
        return kind.fromisoformat(value)
    return value if kind in (str, dict, list) else kind(value)


def _advance_sequence(connection: Connection, table: Table) -> None:
    if connection.dialect.name == "postgresql" and "id" in table.c and table.c.id.autoincrement:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608 - our own table names
                f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
            )
        )


def _revisions() -> dict[str, str | None]:
    return {
        part.name: part.current for part in migrate.status(db.engine, current_app.extensions["components"])
    }


def _add(tar: tarfile.TarFile, name: str, body: bytes, hashes: dict[str, str]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(body), 0o600
    tar.addfile(info, io.BytesIO(body))
    hashes[name] = hashlib.sha256(body).hexdigest()


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        return cast(IO[bytes], tar.extractfile(name))
    except KeyError:
        raise click.ClickException(f"{name} is missing in the archive") from None


def _proved(tar: tarfile.TarFile, name: str, hashes: dict[str, str]) -> bytes:
    body = _member(tar, name).read()
    if hashlib.sha256(body).hexdigest() != hashes.get(name):
        raise click.ClickException(f"{name} is damaged: its hash does not fit; nothing was restored")
    return body
