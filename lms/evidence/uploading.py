"""Files that travel piece by piece: begun, continued, finished, cancelled, forgotten.

A file becomes evidence only when all of it has arrived, its hash is the phone's, and ``check_file``
has parsed it. Until then nobody sees its content, and the submission is not handed in (requirements K8, K9).
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import ImbasError, Invalid
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
from lms.evidence.models import EvidenceUpload, Submission
from lms.evidence.partial_uploads import parts
from lms.evidence.rules import EDITABLE
from lms.evidence.submissions import (
    deliverable_of,
    files_of,
    get_submission,
    nowhere,
    place_of_submission,
    refuse_closed,
    unfinished_uploads,
    versions_of,
)
from lms.evidence.submitting import add_file, editable, frozen
from lms.platform.db import forget_rows, table_of
from lms.platform.transaction import after_commit

LASTING = timedelta(days=7)
"""How long a file may be on its way."""


def new_upload_id() -> str:
    """A random name of an upload."""
    return secrets.token_hex(16)


def same_upload(
    session: Session, *, submission_id: int, person_id: int, size: int, sha256: str, now: datetime
) -> EvidenceUpload | None:
    """The person's unfinished upload of the same content: an answer that was lost begins nothing anew."""
    if not sha256:
        return None
    return session.scalar(
        select(EvidenceUpload).where(
            EvidenceUpload.submission_id == submission_id,
            EvidenceUpload.person_id == person_id,
            EvidenceUpload.size == size,
            EvidenceUpload.sha256 == sha256,
            EvidenceUpload.done_at.is_(None),
            EvidenceUpload.expires_at > now,
        )
    )


def check_beginning(session: Session, *, submission_id: int, name: str, size: int, now: datetime) -> None:
    """Refuse what could never become evidence here before a byte of it is sent; raises Invalid, Conflict."""
    submission = get_submission(session, submission_id)
    if submission.status not in EDITABLE:
        raise frozen(submission)
    refuse_closed(session, submission.due_id)
    wanted = deliverable_of(session, submission)
    shown = plain_name(name)
    kind_of(shown, wanted.media_types)
    check_size(shown, size, wanted.max_bytes)
    newest = versions_of(session, submission_id)[:1]
    known = len(files_of(session, [newest[0].id])) if newest else 0
    if known + len(unfinished_uploads(session, submission_id, now)) >= wanted.max_files:
        raise Invalid(
            counted_message(
                "Paling banyak %(num)s berkas, termasuk yang sedang dikirim. Yang sudah ada tetap aman. Hapus satu, lalu pilih lagi.",
                wanted.max_files,
            )
        )


def begin_upload(
    session: Session,
    *,
    upload_id: str,
    submission_id: int,
    person_id: int,
    name: str,
    size: int,
    sha256: str,
    sent_metadata: str,
    now: datetime,
) -> EvidenceUpload:
    """Expect a file of ``size`` bytes; ``sha256`` in hex, "" where the sender cannot tell."""
    editable(session, submission_id)
    check_beginning(session, submission_id=submission_id, name=name, size=size, now=now)
    row = EvidenceUpload(
        id=upload_id,
        submission_id=submission_id,
        person_id=person_id,
        name=plain_name(name),
        size=size,
        sha256=sha256,
        sent_metadata=sent_metadata,
        created_at=now,
        expires_at=now + LASTING,
    )
    session.add(row)
    session.flush()
    return row


def get_upload(session: Session, upload_id: str) -> EvidenceUpload:
    """The upload; raises NotFound."""
    row = session.get(EvidenceUpload, upload_id)
    if row is None:
        raise nowhere()
    return row


def place_of_upload(session: Session, upload_id: str) -> Place:
    """Where the submission stands to which the file travels."""
    return place_of_submission(session, get_upload(session, upload_id).submission_id)


def check_whole(session: Session, upload_id: str, submission_id: int, name: str, sha256: str) -> StoredFile:
    """Parse and store what has arrived, now that it is whole; no connection is held meanwhile.

    Raises Invalid when the content is refused, with status 460 when its hash is not ``sha256`` (then the bytes are
    thrown away, so that they are sent again), and ServerBusy.
    """
    wanted = deliverable_of(session, session.get_one(Submission, submission_id))
    session.rollback()
    with parts().open(upload_id) as body:
        if sha256 and hashlib.file_digest(body, "sha256").hexdigest() != sha256:
            parts().forget(upload_id)
            raise damaged()
        return store_file(check_file(name, body, kinds=wanted.media_types, max_bytes=wanted.max_bytes))


def finish_upload(session: Session, *, upload_id: str, stored: StoredFile, now: datetime) -> None:
    """The file becomes evidence; a second time changes nothing."""
    row = session.get(EvidenceUpload, upload_id, with_for_update=True)
    if row is None:
        raise nowhere()
    if row.done_at is None:
        add_file(session, submission_id=row.submission_id, stored=stored, actor_id=row.person_id, now=now)
        row.done_at = now
        after_commit(session, f"upload {row.id}", lambda: parts().forget(upload_id))
    else:
        after_commit(session, f"again {stored.storage_key}", lambda: forget_file(stored))


def cancel_upload(session: Session, *, upload_id: str) -> int:
    """Forget the upload and its bytes; the submission's id. What has become evidence stays."""
    row = get_upload(session, upload_id)
    session.delete(row)
    after_commit(session, f"upload {row.id}", lambda: parts().forget(upload_id))
    return row.submission_id


def forget_uploads(session: Session, before: datetime, limit: int) -> int:
    """Forget at most ``limit`` uploads whose time was over before ``before``, and bytes that belong to none."""
    gone = forget_rows(session, table_of(EvidenceUpload), EvidenceUpload.expires_at < before, limit)
    known = frozenset(session.scalars(select(EvidenceUpload.id)))
    after_commit(session, "uploads", lambda: parts().forget_strangers(known))
    return gone


def damaged() -> ImbasError:
    """What is said when bytes were changed on their way."""
    error = Invalid(
        message("Berkas berubah di perjalanan, jadi belum dipakai. Yang di HP tetap aman. Kirim lagi.")
    )
    error.status = 460
    return error
