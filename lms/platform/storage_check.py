"""Each night: is every stored file that a row needs still there, as it was, and is nothing stored that nobody needs?

``stored_file`` has a row for each file of the store: its size and the hash of what is stored, whoever owns it. All files
are listed each night (existence and size); as many as fit into ``HASH_SECONDS`` are read and compared by their hash, those
first that were not read for the longest. So 500,000 photos of 400 kB, 200 GB, are read in 7 nights at 50 MB a second.

A file that no row needs goes after ``GRACE``, counted from the night in which it was first seen so: what a running
transaction is about to need was stored minutes ago, not days.
"""

import hashlib
import logging
import re
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Index, String, cast, column, func, inspect, select, table, update
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.contract.events import Task
from lms.contract.text import message
from lms.platform import disk
from lms.platform.application import platform
from lms.platform.db import Base, db, enum_type
from lms.platform.storage import CHUNK, KeptFile, Storage, StoredFile, storage
from lms.platform.transaction import write
from lms.platform.worker import NEVER

log = logging.getLogger(__name__)

GRACE = timedelta(days=2)
HASH_SECONDS = 600
"""Of one night; then the worker has other work, and the next night goes on."""
AT_ONCE = 50
"""Files that are read between two transactions."""
PREFIXES = tuple(f"{number:02x}" for number in range(256))
_KEY = re.compile(r"\b[0-9a-f]{2}/[0-9a-f]{40}\.[a-z0-9]{1,8}\b")


class Fault(StrEnum):
    """What is wrong with a stored file."""

    NONE = ""
    MISSING = "missing"
    SIZE = "size"
    CONTENT = "content"


class KnownFile(Base):
    """A file of the store as it was when it was stored, or first seen."""

    __tablename__ = "stored_file"
    __table_args__ = (
        Index("ix_stored_file_checked_at", "checked_at"),
        Index("ix_stored_file_fault", "fault"),
    )
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    what: Mapped[str] = mapped_column(String(200))
    """Its name where a row says one; for whoever looks for it in a backup."""
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of what is stored; "" until it was read for the first time."""
    checked_at: Mapped[datetime]
    """When its content was last read and compared."""
    fault: Mapped[Fault] = mapped_column(enum_type(Fault))
    unneeded_since: Mapped[datetime | None]


def remember(session: Session, stored: StoredFile, *, what: str, now: datetime) -> None:
    """Note a file that was stored just now, with its hash."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    row = {
        "key": stored.key,
        "what": what[:200],
        "size": stored.size,
        "sha256": stored.sha256,
        "checked_at": now,
        "fault": Fault.NONE,
    }
    session.execute(insert(KnownFile).values(row).on_conflict_do_nothing())


def faulty(session: Session, limit: int = 20) -> list[KnownFile]:
    """Files that are missing or are not what they were, by name."""
    query = select(KnownFile).where(KnownFile.fault != Fault.NONE).order_by(KnownFile.what, KnownFile.key)
    return list(session.scalars(query.limit(limit)))


def count_faulty(session: Session) -> int:
    """How many files are missing or are not what they were."""
    return session.scalar(select(func.count()).where(KnownFile.fault != Fault.NONE)) or 0


def check_storage(_session: Session, now: datetime) -> None:
    """Look through the whole store once, then read what was not read for the longest.

    Killed in between, the next run begins the look again and goes on reading where this one stood. Raises
    RuntimeError when the disk is nearly full, so that the admin sees it among the tasks that failed.
    """
    store = storage()
    in_content = _kept_in_content()
    for prefix in PREFIXES:
        _look(store, prefix, in_content, now)
    _read(store, now)
    store.forget_parts()
    if disk.room(platform().settings) is not disk.Room.PLENTY:
        raise RuntimeError("little disk is left: see A full disk in docs/operate.md")


def missing(store: Storage) -> Iterator[KeptFile]:
    """Files that a row needs and the store has not, as things stand now; changes nothing."""
    in_content = _kept_in_content()
    for prefix in PREFIXES:
        there = dict(store.listed(prefix))
        for key, kept in _needed(prefix, in_content).items():
            if key not in there and not store.exists(key):  # stored since the list was made
                yield kept


def _look(store: Storage, prefix: str, in_content: Mapping[str, KeptFile], now: datetime) -> None:
    """Compare rows, notes and store for the keys that begin with ``prefix``, and let go what nobody needs."""
    needed = _needed(prefix, in_content)
    there = dict(store.listed(prefix))
    gone: list[str] = []
    notes = select(KnownFile).where(KnownFile.key.startswith(f"{prefix}/"))
    if (
        not needed
        and not there
        and db.session.scalar(notes.with_only_columns(KnownFile.key).limit(1)) is None
    ):
        return
    with write() as session:
        known = {row.key: row for row in session.scalars(notes)}
        for key in {*needed, *there, *known}:
            row, kept = known.get(key), needed.get(key)
            if key not in there and kept is None:
                if row is not None:
                    session.delete(row)
                continue
            if row is None:
                size = there.get(key, kept.size if kept and kept.size is not None else 0)
                row = KnownFile(
                    key=key,
                    what="",
                    size=size,
                    sha256=kept.sha256 if kept else "",
                    checked_at=NEVER,
                    fault=Fault.NONE,
                )
                session.add(row)
            row.what = kept.what[:200] if kept else row.what
            row.fault = _fault(row, kept, there.get(key))
            row.unneeded_since = None if kept else row.unneeded_since or now
            if row.unneeded_since is not None and now - row.unneeded_since >= GRACE:
                gone.append(key)
                session.delete(row)
    for key in gone:
        store.delete(key)
        log.info("a stored file that no row needs was removed: %s", key)


def _fault(row: KnownFile, kept: KeptFile | None, size: int | None) -> Fault:
    if size is None:
        return Fault.MISSING
    if size != row.size or (kept is not None and kept.size is not None and kept.size != size):
        return Fault.SIZE
    return Fault.CONTENT if row.fault is Fault.CONTENT else Fault.NONE


def _read(store: Storage, now: datetime) -> None:
    """Read files and compare their hashes until the time of this night is over or each was read tonight."""
    end = time.monotonic() + HASH_SECONDS
    oldest = (
        select(KnownFile.key, KnownFile.sha256)
        .where(KnownFile.checked_at < now, KnownFile.fault.in_([Fault.NONE, Fault.CONTENT]))
        .order_by(KnownFile.checked_at, KnownFile.key)
        .limit(AT_ONCE)
    )
    while time.monotonic() < end:
        rows = db.session.execute(oldest).all()
        db.session.rollback()
        if not rows:
            return
        found = {row.key: _digest(store, row.key) for row in rows}
        with write() as session:
            for row in rows:
                digest = found[row.key]
                if digest is None:
                    values: dict[str, object] = {"checked_at": now, "fault": Fault.MISSING}
                else:
                    fault = Fault.NONE if row.sha256 in {"", digest} else Fault.CONTENT
                    values = {"checked_at": now, "fault": fault, "sha256": row.sha256 or digest}
                session.execute(update(KnownFile).where(KnownFile.key == row.key).values(**values))


def _digest(store: Storage, key: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with store.open(key) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def _needed(prefix: str, in_content: Mapping[str, KeptFile]) -> dict[str, KeptFile]:
    """What rows need of the store, by key."""
    found = {key: kept for key, kept in in_content.items() if key.startswith(f"{prefix}/")}
    for provider in platform().core.kept_files:
        for kept in provider(prefix):
            known = found.get(kept.key)
            if known is None or not known.sha256:
                found[kept.key] = kept
    return found


def keys_of_core() -> set[str]:
    """Every key that a row of the core needs."""
    core = platform().core
    by_key = {kept.key for provider in core.kept_files for kept in provider("")}
    return by_key | {kept.key for provider in core.kept_in_content for kept in provider()}


def _kept_in_content() -> dict[str, KeptFile]:
    """What stands in content, where no index finds it by the beginning of its key: read whole, once for all prefixes."""
    found = {key: KeptFile(what, key, None, "") for key, what in _keys_in_plugins().items()}
    for provider in platform().core.kept_in_content:
        found |= {kept.key: kept for kept in provider()}
    return found


def _keys_in_plugins() -> dict[str, str]:
    """Keys that stand anywhere in tables of plugins, also of those that are switched off or gone: key -> table."""
    found: dict[str, str] = {}
    with db.engine.connect() as connection:
        for name in sorted(inspect(connection).get_table_names()):
            if not name.startswith("p_"):
                continue
            columns = [known["name"] for known in inspect(connection).get_columns(name)]
            for column_name in columns:
                words = cast(column(column_name), SqlText)
                query = select(words).select_from(table(name)).where(words.like("%/%.%"))
                for (value,) in connection.execution_options(yield_per=500).execute(query):
                    for key in _KEY.findall(value.replace("\\/", "/")):
                        found[key] = f"{name}.{column_name}"
    return found


TASK = Task(
    "lms.storage",
    check_storage,
    24 * 3600,
    "Compares the file store with the database, and removes what nobody needs.",
    own_transactions=True,
    title=message("Periksa berkas tersimpan"),
)
