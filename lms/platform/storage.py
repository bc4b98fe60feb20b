"""Where files lie: a folder, or an S3 bucket. Keys are random; nothing is ever overwritten."""

import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import unquote, urlsplit

from lms.contract.errors import ImbasError
from lms.contract.text import message
from lms.platform.application import platform
from lms.platform.disk import leave
from lms.platform.private import keep_names
from lms.settings import Settings

log = logging.getLogger(__name__)
CHUNK = 256 * 1024
PART_SECONDS = 24 * 3600
"""No file is written for so long."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file: ``size`` in bytes, ``sha256`` in hex."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that a row says is stored; ``size`` None and ``sha256`` "" where the row does not know."""

    what: str
    key: str
    size: int | None
    sha256: str


class LostFile(ImbasError, FileNotFoundError):
    """A row tells of a file that the store does not have (410)."""

    status = 410

    def __init__(self, key: str) -> None:
        super().__init__(
            message(
                "Berkas ini tercatat, tetapi isinya tidak ada lagi di server. Beri tahu admin, agar dipulihkan dari "
                "cadangan. Bila masih ada di HP atau komputer, unggah lagi."
            )
        )
        self.key = key


class Storage(Protocol):
    """Files under random keys, in a folder or a bucket."""

    def put(self, data: bytes | BinaryIO, *, suffix: str) -> StoredFile:
        """Keep ``data`` under a new random key ending in ``.suffix``; on disk when it returns."""

    def open(self, key: str) -> BinaryIO:
        """The content; raises LostFile, which is a FileNotFoundError, and writes it into the log."""

    def exists(self, key: str) -> bool:
        """Whether ``key`` is there."""

    def delete(self, key: str) -> None:
        """Forget ``key``; no error when it is not there."""

    def keys(self) -> Iterator[str]:
        """Every key, for backups and checks."""

    def listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Key and size in bytes of each file whose key begins with the two letters ``prefix``."""

    def forget_parts(self) -> None:
        """Throw away what a killed process had written of a file a day ago or earlier."""

    def restore(self, key: str, data: BinaryIO) -> None:
        """Put a backed-up file back under its old key."""


class FolderStorage:
    """Files in a folder, two levels deep, written beside and renamed into place.

    ``reserve`` bytes of its disk are left alone: ``put`` and ``restore`` raise NoRoom, and leave nothing behind.
    """

    def __init__(self, root: Path, reserve: int = 0) -> None:
        self.root, self.reserve = root, reserve

    def put(self, data: bytes | BinaryIO, *, suffix: str) -> StoredFile:
        key = new_key(suffix)
        size, sha256 = self._write(key, data)
        return StoredFile(key, size, sha256)

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise _lost(key) from None

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        for path in sorted(self.root.glob("??/*")):
            if not path.name.endswith(".part"):
                yield f"{path.parent.name}/{path.name}"

    def listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        for path in (self.root / prefix).glob("*"):
            if not path.name.endswith(".part"):
                with suppress(FileNotFoundError):
                    yield f"{prefix}/{path.name}", path.stat().st_size

    def forget_parts(self) -> None:
        for path in self.root.glob("??/*.part"):
            with suppress(FileNotFoundError):
                if abs(time.time() - path.stat().st_mtime) > PART_SECONDS:  # also of a clock that was ahead
                    path.unlink()

    def restore(self, key: str, data: BinaryIO) -> None:
        self._write(key, data)

    def _write(self, key: str, data: bytes | BinaryIO) -> tuple[int, str]:
        path = self._path(key)
        is_new = not path.parent.is_dir()
        path.parent.mkdir(parents=True, exist_ok=True)
        if is_new:
            keep_names(self.root)
        part = path.with_name(path.name + ".part")
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("wb") as file:
                for chunk in _chunks(data):
                    leave(path.parent, self.reserve, len(chunk))
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            keep_names(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return size, digest.hexdigest()

    def _path(self, key: str) -> Path:
        folder, _, name = key.partition("/")
        if len(folder) != 2 or "/" in name or not name or name.startswith(".") or ".." in key:
            raise FileNotFoundError(key)
        return self.root / folder / name


class BucketStorage:
    """Files in an S3-compatible bucket, through obstore."""

    def __init__(self, bucket: str, prefix: str, endpoint: str) -> None:
        from obstore.store import S3Store

        options: Any = {"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else {}
        client: Any = {"allow_http": True} if endpoint.startswith("http://") else {}
        self.store = S3Store(bucket, prefix=prefix or None, client_options=client, **options)

    def put(self, data: bytes | BinaryIO, *, suffix: str) -> StoredFile:
        import obstore

        key = new_key(suffix)
        digest, size = hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for chunk in _chunks(data):
                digest.update(chunk)
                size += len(chunk)
                yield chunk

        obstore.put(self.store, key, counted())
        return StoredFile(key, size, digest.hexdigest())

    def open(self, key: str) -> BinaryIO:
        import obstore

        try:
            found = obstore.get(self.store, key).stream()
        except FileNotFoundError:
            raise _lost(key) from None
        spool = SpooledTemporaryFile(max_size=4 * CHUNK)  # noqa: SIM115  (the caller closes it)
        for chunk in found:
            spool.write(chunk)
        spool.seek(0)
        return cast(BinaryIO, spool)

    def exists(self, key: str) -> bool:
        import obstore

        try:
            obstore.head(self.store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        import obstore

        obstore.delete(self.store, key)

    def keys(self) -> Iterator[str]:
        import obstore

        for batch in obstore.list(self.store):
            for item in batch:
                yield item["path"]

    def listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        import obstore

        for batch in obstore.list(self.store, prefix=prefix):
            for item in batch:
                yield item["path"], item["size"]

    def forget_parts(self) -> None:
        """A bucket keeps nothing half."""

    def restore(self, key: str, data: BinaryIO) -> None:
        import obstore

        obstore.put(self.store, key, _chunks(data))


def _lost(key: str) -> LostFile:
    log.error("the store has no file %s, of which a row tells", key)
    return LostFile(key)


def make_storage(settings: Settings) -> Storage:
    """The store that the settings name."""
    parts = urlsplit(settings.files)
    if parts.scheme == "s3":
        return BucketStorage(parts.netloc, parts.path.strip("/"), settings.s3_endpoint)
    return FolderStorage(Path(unquote(parts.path)), settings.disk_reserve_bytes)


def storage() -> Storage:
    """Where the current application keeps files. Reading and writing are slow: call them outside a write transaction."""
    return platform().storage


KEY = re.compile(r"\b[0-9a-f]{2}/[0-9a-f]{40}\.\w+")
"""What ``new_key`` makes, in a text."""


def new_key(suffix: str) -> str:
    """A random key such as ``k3/k3x...pdf``; 160 bits, so it cannot be guessed."""
    name = secrets.token_hex(20)
    return f"{name[:2]}/{name}.{suffix}"


def _chunks(data: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    while chunk := data.read(CHUNK):
        yield chunk
