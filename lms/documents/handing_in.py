"""An accepted document becomes evidence: its PDF is filed under the deliverable that its programme asks for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.documents import DocumentState
from lms.contract.modules import Unit
from lms.documents import errors
from lms.documents.models import Document
from lms.documents.queries import find_document, kind_of, type_of
from lms.documents.writing import owned
from lms.evidence import api as evidence
from lms.platform.audit import AuditEntry, record
from lms.platform.plugins import registry
from lms.programmes import api as programmes

_ACTION = "documents.hand_in"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A printed document in the store, and which version of the document it shows."""

    file: evidence.StoredFile
    version: int


def deliverable_wanted(session: Session, document_id: int) -> evidence.Assignment:
    """What the programme asks for that this accepted document answers; raises Conflict."""
    document = find_document(session, document_id)
    noun = type_of(document).noun
    if document.state is not DocumentState.ACCEPTED:
        raise errors.not_accepted(noun)
    key = kind_of(document).deliverable
    stages = [stage.id for stage in programmes.stages_of(session, document.programme_id)]
    found = next((due for due in evidence.dues_of(session, stages) if due.deliverable_key == key), None)
    if found is None:
        raise errors.not_owed(noun)
    return found


def prepare(name: str, pdf: bytes, deliverable_key: str, version: int) -> Prepared:
    """Put the PDF into the store by the rules of evidence, before the transaction that writes its row."""
    limits = registry().deliverables[deliverable_key]
    checked = evidence.check_own_file(name, pdf, kinds=limits.media_types, max_bytes=limits.max_bytes)
    return Prepared(evidence.store_file(checked), version)


def file_as_evidence(
    session: Session, *, document_id: int, prepared: Prepared, actor: Actor, now: datetime
) -> int:
    """Add the PDF to the owner's submission, in place of an older one of the same document; the submission's id.

    What was handed in of another document, or uploaded, stays, whatever its name.
    Raises Conflict when the document has moved on since it was printed, or its evidence is with a grader already.
    """
    document = owned(session, document_id, actor)
    due = deliverable_wanted(session, document_id)
    if document.version != prepared.version:
        raise errors.moved_on()
    submission = evidence.open_submission(
        session,
        due_id=due.id,
        school_id=document.school_id,
        enrolment_id=_enrolment_id(session, document, due),
        now=now,
    )
    newest = evidence.versions_of(session, submission.id)[:1]
    older = _handed_in(session, document_id) - {prepared.file.sha256}
    for file in evidence.files_of(session, [version.id for version in newest]):
        if file.sha256 in older:
            evidence.remove_file(session, file_id=file.id, now=now)
    evidence.add_file(
        session, submission_id=submission.id, stored=prepared.file, actor_id=actor.person_id, now=now
    )
    record(
        session,
        actor_id=actor.person_id,
        action=_ACTION,
        subject=("document", document.id),
        now=now,
        after={"submission": submission.id, "sha256": prepared.file.sha256},
    )
    return submission.id


def _handed_in(session: Session, document_id: int) -> set[str]:
    """Hashes of the PDFs that this document was handed in as, by the audit trail."""
    entries = select(AuditEntry.after).where(
        AuditEntry.subject_kind == "document",
        AuditEntry.subject_id == document_id,
        AuditEntry.action == _ACTION,
    )
    return {str(after["sha256"]) for after in session.scalars(entries)}


def _enrolment_id(session: Session, document: Document, due: evidence.Assignment) -> int | None:
    if due.unit is Unit.SCHOOL or document.person_id is None:
        return None
    found = programmes.enrolment_in(session, document.person_id, programme_id=document.programme_id)
    if found is None:
        raise errors.not_owed(type_of(document).noun)
    return found.id
