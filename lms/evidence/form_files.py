"""Files that a plugin's form asks for: sent like evidence, waiting for their form, then kept by a row of the plugin.

A file belongs to a field of a form and to the person who sent it. It may travel by itself before the form (tus), or
with it; either way it waits until the form is sent, also when the form was refused in between. What nobody keeps within seven
days is forgotten; so is what was kept and is named by no row of its plugin any more.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO

from sqlalchemy import Column, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict, Invalid, NotFound
from lms.contract.text import counted_message, message
from lms.evidence.file_validation import (
    StoredFile,
    check_file,
    check_size,
    forget_file,
    kind_of,
    plain_name,
    store_file,
)
from lms.evidence.models import FormFile
from lms.evidence.partial_uploads import parts
from lms.evidence.uploading import LASTING, damaged, new_upload_id
from lms.platform.db import Base
from lms.platform.long_lists import among
from lms.platform.plugins import registry
from lms.platform.registry import table_prefix
from lms.platform.storage import KeptFile, storage
from lms.platform.storage_check import remember
from lms.platform.transaction import after_commit, streaming

MOST_WAITING = 40
"""Files of one person that no form has taken yet, over all forms."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a field takes: ``key`` begins with the plugin's name, ``subject`` says for what (``"3.12"``).

    ``kinds`` are names of media types (``photo``, ``pdf``, ...), ``max_bytes`` bounds one file, ``most`` their number.
    """

    key: str
    subject: str
    kinds: frozenset[str]
    max_bytes: int
    most: int

    @property
    def field(self) -> str:
        """How rows name it."""
        return f"{self.key} {self.subject}"


def waiting_files(session: Session, wanted: Wanted, person_id: int, now: datetime) -> Sequence[FormFile]:
    """A person's files for a field that no form has taken yet, oldest first; those on their way, too."""
    return session.scalars(_waiting(wanted, person_id, now).order_by(FormFile.created_at, FormFile.id)).all()


def check_beginning(
    session: Session, wanted: Wanted, *, person_id: int, name: str, size: int, now: datetime
) -> None:
    """Refuse what could never be kept before a byte of it is sent; raises Invalid."""
    shown = plain_name(name)
    kind_of(shown, wanted.kinds)
    check_size(shown, size, wanted.max_bytes)
    here = len(waiting_files(session, wanted, person_id, now))
    everywhere = session.scalar(
        select(func.count()).where(FormFile.person_id == person_id, FormFile.expires_at > now)
    )
    if here >= wanted.most or (everywhere or 0) >= MOST_WAITING:
        raise too_many(wanted.most)


def begin_upload(
    session: Session,
    wanted: Wanted,
    *,
    upload_id: str,
    person_id: int,
    name: str,
    size: int,
    sha256: str,
    sent_metadata: str,
    now: datetime,
) -> FormFile:
    """Expect a file of ``size`` bytes; ``sha256`` in hex, "" where the sender cannot tell. Raises Invalid."""
    check_beginning(session, wanted, person_id=person_id, name=name, size=size, now=now)
    shown = plain_name(name)
    kind = kind_of(shown, wanted.kinds)
    row = FormFile(
        id=upload_id,
        field=wanted.field,
        person_id=person_id,
        name=shown,
        kind=kind.name,
        media_type=kind.media_type,
        size=size,
        sha256=sha256,
        storage_key="",
        preview_key="",
        taken="",
        sent_metadata=sent_metadata,
        created_at=now,
        expires_at=now + LASTING,
    )
    session.add(row)
    session.flush()
    return row


def check_whole(upload_id: str, wanted: Wanted, name: str, sha256: str) -> StoredFile:
    """Parse and store what has arrived, now that it is whole; outside any transaction.

    Raises Invalid when the content is refused (status 460 when its hash is not ``sha256``: then it is sent again), ServerBusy.
    """
    with parts().open(upload_id) as body:
        if sha256 and hashlib.file_digest(body, "sha256").hexdigest() != sha256:
            parts().forget(upload_id)
            raise damaged()
        return store_file(check_file(name, body, kinds=wanted.kinds, max_bytes=wanted.max_bytes))


def finish_upload(session: Session, *, upload_id: str, stored: StoredFile, now: datetime) -> None:
    """The file is whole and waits for its form; a second time changes nothing."""
    row = get_form_file(session, upload_id, lock=True)
    if row.whole:
        after_commit(session, f"again {stored.storage_key}", lambda: forget_file(stored))
        return
    _take_over(session, row, stored, now)
    after_commit(session, f"upload {row.id}", lambda: parts().forget(upload_id))


def check_sent(wanted: Wanted, *, name: str, stream: BinaryIO) -> StoredFile:
    """Check and store a file that came with its form, outside any transaction: it takes seconds. Raises Invalid, ServerBusy."""
    return store_file(check_file(name, stream, kinds=wanted.kinds, max_bytes=wanted.max_bytes))


def take_in(
    session: Session, wanted: Wanted, *, person_id: int, name: str, stored: StoredFile, now: datetime
) -> None:
    """Note a stored file that came with its form; the same file twice is one. Raises Invalid for one too many."""
    known = session.scalar(_waiting(wanted, person_id, now).where(FormFile.sha256 == stored.sha256))
    if known is not None and known.whole:
        after_commit(session, f"twin {stored.storage_key}", lambda: forget_file(stored))
        return
    row = begin_upload(
        session,
        wanted,
        upload_id=new_upload_id(),
        person_id=person_id,
        name=name,
        size=stored.size,
        sha256=stored.sha256,
        sent_metadata="",
        now=now,
    )
    _take_over(session, row, stored, now)


def claim(
    session: Session, wanted: Wanted, *, person_id: int, but: Iterable[str], now: datetime
) -> list[FormFile]:
    """Keep a person's whole files for a field, without those in ``but``, which are forgotten; oldest first.

    From now on a row of the plugin must name them. Raises Conflict while one is still on its way.
    """
    left_out = set(but)
    query = _waiting(wanted, person_id, now).order_by(FormFile.created_at, FormFile.id).with_for_update()
    rows = session.scalars(query).all()
    kept = [row for row in rows if row.id not in left_out]
    if any(not row.whole for row in kept):
        raise Conflict(
            message(
                "Ada berkas yang masih dikirim. Yang lain tetap aman. Tunggu sampai utuh, atau tandai Hapus."
            )
        )
    for row in kept:
        row.expires_at = None
    drop_files(session, [row.id for row in rows if row.id in left_out])
    session.flush()
    return kept


def files_by_id(session: Session, ids: Iterable[str]) -> dict[str, FormFile]:
    """Kept files in bulk, one statement; unknown ids are missing."""
    query = select(FormFile).where(among(FormFile.id, ids), FormFile.expires_at.is_(None))
    return {row.id: row for row in session.scalars(query)}


def drop_files(session: Session, ids: Iterable[str]) -> None:
    """Forget files with their content, as soon as the transaction has ended well."""
    for row in session.scalars(select(FormFile).where(among(FormFile.id, ids))):
        session.delete(row)
        after_commit(
            session, f"dropped {row.id}", partial(_forget_content, row.id, row.storage_key, row.preview_key)
        )
    session.flush()


def get_form_file(session: Session, file_id: str, *, lock: bool = False) -> FormFile:
    """The file; raises NotFound."""
    row = session.get(FormFile, file_id, with_for_update=True if lock else None)
    if row is None:
        raise NotFound(
            message("Berkas ini tidak ada atau sudah dihapus. Pekerjaan tetap aman. Mulai lagi dari beranda.")
        )
    return row


def kept_form_files(prefix: str) -> Iterator[KeptFile]:
    """What these rows need of the store, of keys that begin with ``prefix``."""
    keys = (FormFile.storage_key, FormFile.preview_key)
    query = select(FormFile.name, FormFile.kind, FormFile.size, FormFile.sha256, *keys)
    query = query.where(
        or_(*((key >= f"{prefix}/") & (key < f"{prefix}0") for key in keys))
        if prefix
        else FormFile.storage_key != ""
    )
    for row in streaming(query.order_by(FormFile.id)):
        if row.storage_key.startswith(prefix):
            yield KeptFile(
                row.name, row.storage_key, row.size, "" if row.kind in {"photo", "mp4"} else row.sha256
            )
        if row.preview_key and row.preview_key.startswith(prefix):
            yield KeptFile(row.name, row.preview_key, None, "")


def forget_waiting(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` files whose form was not sent in time."""
    ids = session.scalars(select(FormFile.id).where(FormFile.expires_at < before).limit(limit)).all()
    drop_files(session, ids)
    return len(ids)


def forget_unnamed(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` files, kept before ``before``, that no row of their plugin names any more.

    Of plugins that run and have a column that points to ``form_file``; of others nobody can tell.
    """
    owners = _columns_that_name()
    gone = 0
    for name, columns in owners.items():
        query = select(FormFile.id).where(
            FormFile.expires_at.is_(None),
            FormFile.created_at < before - LASTING,
            FormFile.field.startswith(f"{name}.", autoescape=True),
            *(~exists().where(column == FormFile.id) for column in columns),
        )
        ids = session.scalars(query.limit(limit - gone)).all()
        drop_files(session, ids)
        gone += len(ids)
    return gone


def purge_form_files(session: Session, plugin: str) -> frozenset[str]:
    """Forget every file of a plugin whose tables are gone; the keys of their content."""
    mine = FormFile.field.startswith(f"{plugin}.", autoescape=True)
    rows = session.execute(select(FormFile.storage_key, FormFile.preview_key).where(mine)).all()
    session.execute(delete(FormFile).where(mine))
    return frozenset(key for row in rows for key in row if key)


def _columns_that_name() -> dict[str, list[Column[str]]]:
    """Plugin -> its columns that point to a file."""
    found: dict[str, list[Column[str]]] = {}
    for name in registry().plugins:
        for table in Base.metadata.tables.values():
            if table.name.startswith(table_prefix(name)):
                pointing = [key.parent for key in table.foreign_keys if key.column.table.name == "form_file"]
                found.setdefault(name, []).extend(pointing)
    return {name: columns for name, columns in found.items() if columns}


def _waiting(wanted: Wanted, person_id: int, now: datetime) -> Select[FormFile]:
    return select(FormFile).where(
        FormFile.person_id == person_id, FormFile.field == wanted.field, FormFile.expires_at > now
    )


def _take_over(session: Session, row: FormFile, stored: StoredFile, now: datetime) -> None:
    for file in stored.in_store:
        remember(session, file, what=stored.name, now=now)
    row.name, row.kind, row.media_type = stored.name, stored.kind.name, stored.kind.media_type
    row.size, row.sha256, row.taken = stored.size, stored.sha256, stored.taken
    row.storage_key, row.preview_key = stored.storage_key, stored.preview_key


def _forget_content(file_id: str, *keys: str) -> None:
    parts().forget(file_id)
    for key in filter(None, keys):
        storage().delete(key)


def too_many(most: int) -> Invalid:
    """What is said when a field has as many files as it takes."""
    return Invalid(
        counted_message(
            "Paling banyak %(num)s berkas, termasuk yang sedang dikirim. Yang sudah ada tetap aman. Kirim formulirnya dulu, atau tandai Hapus.",
            most,
        )
    )
