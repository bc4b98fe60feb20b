"""An archive of ``lms backup``, opened: nothing in it is trusted, nothing is unpacked.

A plain tar with a manifest of hashes. One that leaves out files names the one that has them in ``since``, which must
lie beside it. ``whole`` says whether others may lean on it: what ``--changes`` wrote is written over again in minutes,
also the first one, which has nothing to leave anything out for. ``by_sqlite`` names tables whose values stand there as
SQLite keeps them (``lms.cli.tables``).
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from lms.platform.storage import CHUNK

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_MAX = 256 * 1024 * 1024
FILES = "files/"
TABLES, LINES = "tables/", ".jsonl"
_NAME = re.compile(r"tables/[a-z0-9_]+\.jsonl|files/[A-Za-z0-9_-]{2}/[A-Za-z0-9_-][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Archive:
    """An opened archive with its manifest, and the whole one beside it that has the files it leaves out."""

    tar: tarfile.TarFile
    manifest: dict[str, Any]
    whole: tarfile.TarFile | None = None

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 by name, of everything that a restore brings back."""
        return self.manifest["hashes"]  # type: ignore[no-any-return]

    @property
    def tables(self) -> list[str]:
        """The tables whose rows it has."""
        return [name[len(TABLES) : -len(LINES)] for name in self.hashes if name.startswith(TABLES)]

    @property
    def by_sqlite(self) -> set[str]:
        """Those of a plugin that was not loaded, with values as SQLite keeps them."""
        return set(self.manifest.get("by_sqlite", ()))

    def rows_of(self, table: str) -> IO[bytes]:
        """The lines of ``table``; raises ClickException."""
        return self.member(table_member(table))

    def member(self, name: str) -> IO[bytes]:
        """A plain file of the archive; raises ClickException."""
        try:
            return _member(self.tar, name)
        except click.ClickException:
            if self.whole is None or not name.startswith(FILES):
                raise
            return _member(self.whole, name)

    def prove(self) -> None:
        """Compare every hash; raises ClickException."""
        for name, expected in self.hashes.items():
            with closing(self.member(name)) as file:
                digest = hashlib.sha256()
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
            if digest.hexdigest() != expected:
                raise click.ClickException(f"{name} is damaged: its hash does not fit; nothing was restored")


def table_member(table: str) -> str:
    """The name in an archive of the rows of ``table``."""
    return f"{TABLES}{table}{LINES}"


def newest_whole(beside: Path) -> Path | None:
    """The newest archive in the folder of ``beside``, but not itself, that leaves nothing out.

    What else lies there, foreign or half copied, must not stop a backup.
    """
    others = [path for path in beside.parent.glob("*.tar") if path.name != beside.name]
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True):
        with suppress(click.ClickException, OSError), _tar(path) as tar:
            if _is_whole(_manifest(tar)):
                return path
    return None


def refuse_to_replace_whole(archive: Path) -> None:
    """What writes changes to ``archive`` must not replace a whole one: others lean on it. Raises ClickException.

    What cannot be read there is nobody's whole archive, and may be replaced.
    """
    whole = False
    with suppress(click.ClickException, OSError), _tar(archive) as tar:
        whole = _is_whole(_manifest(tar))
    if whole:
        raise click.ClickException(
            f"{archive} is a whole archive; --changes would write over it. Nothing was changed. "
            "Give the changes a file of their own: lms backup --changes changes.tar"
        )


@contextmanager
def opened(archive: Path) -> Iterator[Archive]:
    """``archive``, with the one beside it that it needs; raises ClickException."""
    with ExitStack() as files:
        tar = files.enter_context(_tar(archive))
        manifest = _manifest(tar)
        beside = manifest.get("since")
        if beside is None:
            yield Archive(tar, manifest)
            return
        if not isinstance(beside, str) or not beside or Path(beside).name != beside:
            raise click.ClickException(f"{beside!r} is no name of an archive; nothing was restored")
        if not archive.with_name(beside).is_file():
            raise click.ClickException(
                f"{archive.name} leaves out the files of {beside}: put that beside it; nothing was restored"
            )
        whole = files.enter_context(_tar(archive.with_name(beside)))
        if _manifest(whole).get("since") is not None:
            raise click.ClickException(
                f"{archive.name} leaves out the files of {beside}, but {beside} is no whole archive any more: "
                "put the one of that name from before beside it; nothing was restored"
            )
        yield Archive(tar, manifest, whole)


def _is_whole(manifest: dict[str, Any]) -> bool:
    since_nothing: bool = manifest.get("since") is None
    return bool(manifest.get("whole", since_nothing))


def _tar(archive: Path) -> tarfile.TarFile:
    """Never unpacked as a whole, and never decompressed: a bomb of 10 kB stays one of 10 kB."""
    try:
        return tarfile.open(archive, "r:")
    except tarfile.TarError as error:
        raise click.ClickException(f"{archive} is not an archive of lms backup: {error}") from None


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    try:
        file = _member(tar, MANIFEST)
        body = file.read(MANIFEST_MAX + 1)
        manifest: dict[str, Any] = json.loads(body)
        form, hashes = manifest["format"], dict(manifest["hashes"])
        dict(manifest["revisions"]), set(manifest.get("by_sqlite", ()))
    except (ValueError, KeyError, TypeError):
        raise click.ClickException(f"{MANIFEST} cannot be read; nothing was restored") from None
    if form != FORMAT:
        raise click.ClickException(f"the archive has format {form}, this reads {FORMAT}")
    strange = [name for name in hashes if not _NAME.fullmatch(name)]
    if strange:
        raise click.ClickException(f"{strange[0]!r} has no place in a backup; nothing was restored")
    return manifest


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """A plain file of the archive: no link, no device."""
    try:
        info = tar.getmember(name)
        file = tar.extractfile(info) if info.isreg() else None
    except (KeyError, tarfile.TarError):
        file = None
    if file is None:
        raise click.ClickException(f"{name} is missing in the archive; nothing was restored")
    return file
