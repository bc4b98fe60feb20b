"""``lms backup``: database and files in one archive.

The archive is a plain tar with a manifest of hashes, so that a restore can prove itself. Rows are
kept as JSON lines per table: a backup of SQLite restores into PostgreSQL and the other way round.

Files are never changed once they are stored. So an archive may leave out those which a whole one has:
small enough to be written every five minutes, and restored with the whole one beside it.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import click

from lms.app import create_app
from lms.cli.archive import (
    FILES,
    FORMAT,
    MANIFEST,
    newest_whole,
    opened,
    refuse_to_replace_whole,
    table_member,
)
from lms.cli.job_log import closed, noted
from lms.cli.rows import lines
from lms.cli.tables import known_tables, unknown_tables
from lms.contract.sentences import counted
from lms.platform import schema, storage_check, worker
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.disk import NoRoom, leave
from lms.platform.private import keep_names
from lms.platform.storage import CHUNK, storage
from lms.settings import Settings


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive has, and the files that rows need but the store had lost already."""

    rows: int
    files: int
    lost: tuple[str, ...] = ()

    @property
    def complaint(self) -> str:
        """What the admin must know although the archive was written; "" for a complete one."""
        if not self.lost:
            return ""
        return (
            f"the archive was written, but {len(self.lost)} files that rows need are gone from the store: "
            f"{', '.join(self.lost[:5])}. Look for them in an older archive."
        )


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--changes", is_flag=True, help="Leave out files that the newest whole archive in the same folder has."
)
def backup(archive: Path, changes: bool) -> None:
    """Write everything to ARCHIVE (a .tar file)."""
    with create_app().app_context(), closed():
        name = worker.CHANGES if changes else worker.BACKUP
        written = noted(name, lambda: write_changes(archive) if changes else write_backup(archive))
    click.echo(
        f"{archive}: {counted(written.rows, 'row', 'rows')}, {counted(written.files, 'file', 'files')}"
    )
    if written.complaint:
        raise click.ClickException(written.complaint)


def write_changes(archive: Path) -> Written:
    """Write ``archive`` without the files of the newest whole one beside it; raises ClickException."""
    refuse_to_replace_whole(archive)
    return write_backup(archive, since=newest_whole(archive), whole=False)


def write_backup(archive: Path, *, since: Path | None = None, whole: bool = True) -> Written:
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
        revisions = schema.kept(connection)
        unknown = unknown_tables(connection)
        for table in (*known_tables(connection), *unknown):
            with TemporaryFile() as spool:
                for line in lines(connection, table):
                    spool.write(line)
                    rows += 1
                _add(tar, table_member(table.name), spool, hashes)
        store = storage()
        for key in store.keys():  # noqa: SIM118 (a store, not a mapping)
            name = f"{FILES}{key}"
            if name in known:
                hashes[name] = known[name]
            else:
                _leave_room(archive.parent)
                try:
                    stored = store.open(key)
                except (
                    FileNotFoundError
                ):  # removed since the keys were listed; missed below if a row needs it
                    continue
                _add_file(tar, name, stored, hashes)
            files += 1
        lost = [kept for kept in storage_check.missing(store) if f"{FILES}{kept.key}" not in hashes]
        manifest = {
            "format": FORMAT,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "revisions": revisions,
            "by_sqlite": [table.name for table in unknown] if connection.dialect.name == "sqlite" else [],
            "since": since.name if since else None,
            "whole": whole and since is None,
            "hashes": hashes,
            "lost": [kept.key for kept in lost],
        }
        with TemporaryFile() as spool:
            spool.write(json.dumps(manifest, indent=1).encode())
            _add(tar, MANIFEST, spool, {})
    return Written(rows, files, tuple(f"{kept.what} ({kept.key})" for kept in lost))


@contextmanager
def _in_place_of(archive: Path) -> Iterator[IO[bytes]]:
    """A file beside ``archive`` that takes its place once it is whole; what is not whole is removed.

    On a full disk a part that stayed would leave no room for the next archive either.
    """
    part = archive.with_name(archive.name + ".part")
    _leave_room(archive.parent)
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # the archive before it must outlive a power cut
        part.replace(archive)
        keep_names(archive.parent)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _leave_room(folder: Path) -> None:
    """Raise ClickException when an archive on the disk of LMS_DATA would take the database's reserve."""
    settings: Settings = platform().settings
    if folder.stat().st_dev != settings.data.stat().st_dev:
        return  # a disk for archives alone may be filled
    try:
        leave(folder, settings.disk_reserve_bytes)
    except NoRoom:
        raise click.ClickException(
            f"{folder} lies on the disk of LMS_DATA, which has no room for an archive; the database needs what is left. "
            "Nothing was written over. Write archives to another disk, or make room."
        ) from None


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
