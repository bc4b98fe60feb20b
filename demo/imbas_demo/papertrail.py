"""Evidence of a province, in bulk: a few stored papers, many submissions, versions and reviews."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from imbas_demo import papers
from imbas_demo.crowd import Member, bulk, next_id
from imbas_demo.habits import luck, moment_between
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.contract.rubrics import Rubric, ScaleKind
from lms.evidence import api as evidence
from lms.evidence.models import EvidenceFile, Review, Submission, SubmissionVersion
from lms.platform.plugins import registry
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class Folder:
    """A deliverable with one stored paper and a good and a poor filled rubric."""

    due: evidence.Assignment
    rubric: Rubric
    opens_at: datetime
    file: dict[str, Any]
    good: tuple[dict[str, Any], Decimal]
    poor: tuple[dict[str, Any], Decimal]


Folders = list[Folder]
_LATE, _GIVE_UP = 0.07, 0.15
_READ_AFTER, _A_DRAFT_LIES = timedelta(days=4), timedelta(days=4)
_NOTES = {1: "", 2: "Sudah dilengkapi sesuai catatan penilai."}


def prepare(session: Session, stages: list[programmes.Stage]) -> Folders:
    """One folder for each deliverable."""
    folders = []
    for stage in stages:
        for due in evidence.dues_of(session, [stage.id]):
            deliverable = registry().deliverables[due.deliverable_key]
            rubric = registry().rubric(deliverable.rubric)
            name, body = papers.paper(
                deliverable.media_types,
                title=due.title.in_("id"),
                school="contoh",
                when=stage.opens_at,
                version=1,
            )
            kept = evidence.store_file(
                evidence.check_own_file(
                    name, body, kinds=deliverable.media_types, max_bytes=deliverable.max_bytes
                )
            )
            file = {
                "name": kept.name,
                "kind": kept.kind.name,
                "media_type": kept.kind.media_type,
                "size": kept.size,
                "sha256": kept.sha256,
                "storage_key": kept.storage_key,
                "preview_key": kept.preview_key,
            }
            folders.append(
                Folder(due, rubric, stage.opens_at, file, _filled(rubric, True), _filled(rubric, False))
            )
            session.expunge(due)
    return folders


@dataclass(slots=True)
class _Pile:
    """Rows to write, with the next free ids."""

    submission_id: int
    version_id: int
    submissions: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)

    def upload(self, folder: Folder, no: int, person_id: int, at: datetime, *, handed_in: bool) -> None:
        """A version with its file, of the submission that is being written."""
        self.version_id += 1
        self.versions.append(
            {
                "id": self.version_id,
                "submission_id": self.submission_id,
                "no": no,
                "note": _NOTES[no],
                "created_at": at,
                "submitted_at": at if handed_in else None,
                "submitted_by": person_id if handed_in else None,
            }
        )
        self.files.append(
            {**folder.file, "version_id": self.version_id, "uploaded_by": person_id, "uploaded_at": at}
        )


def write_submissions(session: Session, folders: Folders, members: list[Member], now: datetime) -> None:
    """What was handed in by ``now``: mostly in time, some late, some sent back and done again."""
    pile = _Pile(next_id(session, Submission), next_id(session, SubmissionVersion))
    for member in members:
        for folder in folders:
            if folder.opens_at > now or (folder.due.models_only and not member.is_model):
                continue
            for owner, person_id in _owners(folder.due, member):
                rng = luck("paper", member.school_id, owner or 0, folder.due.deliverable_key)
                if rng.random() < 0.95:
                    _tell(pile, folder, member, owner, person_id, rng, now)
    for model, rows in (
        (Submission, pile.submissions),
        (SubmissionVersion, pile.versions),
        (EvidenceFile, pile.files),
        (Review, pile.reviews),
    ):
        bulk(session, model, rows)


def _tell(
    pile: _Pile, folder: Folder, member: Member, owner: int | None, person_id: int, rng: Random, now: datetime
) -> None:
    """One submission: handed in, read three days later, when sent back done again after two more."""
    due_at, late = folder.due.due_at, rng.random() < _LATE
    moment = moment_between(rng, folder.opens_at, due_at)
    if late:
        moment = due_at + timedelta(days=rng.randint(1, 5), hours=rng.randint(1, 9))
    if moment > now + _A_DRAFT_LIES:
        return
    status, version, percent, decided_at = evidence.SubmissionStatus.DRAFT, 1, None, None
    pile.upload(folder, 1, person_id, min(moment, now), handed_in=moment <= now)
    if moment <= now:
        status = evidence.SubmissionStatus.SUBMITTED
    while status is evidence.SubmissionStatus.SUBMITTED and now - moment > _READ_AFTER:
        good = rng.random() < (0.8 if version == 1 else 0.95)
        values, percent = folder.good if good else folder.poor
        pile.reviews.append(_review(folder, pile.version_id, member.grader, values, percent, good, moment))
        decided_at = moment + timedelta(days=3)
        status = evidence.SubmissionStatus.ACCEPTED if good else evidence.SubmissionStatus.NEEDS_REVISION
        again = decided_at + timedelta(days=rng.randint(1, 4))
        if good or version == 2 or again > now or rng.random() < _GIVE_UP:
            break
        status, version, moment, percent, decided_at = (
            evidence.SubmissionStatus.SUBMITTED,
            2,
            again,
            None,
            None,
        )
        pile.upload(folder, 2, person_id, again, handed_in=True)
    pile.submissions.append(
        {
            "id": pile.submission_id,
            "due_id": folder.due.id,
            "school_id": member.school_id,
            "enrolment_id": owner,
            "status": status,
            "version": version,
            "submitted_at": moment if moment <= now else None,
            "late": late and moment <= now,
            "percent": percent,
            "decided_at": decided_at,
        }
    )
    pile.submission_id += 1


def _owners(due: evidence.Assignment, member: Member) -> list[tuple[int | None, int]]:
    if due.unit is Unit.SCHOOL:
        headmaster = next(person for _id, person, role in member.enrolments if role is Role.HEADMASTER)
        return [(None, headmaster)]
    return [(enrolment, person) for enrolment, person, role in member.enrolments if role is Role.TEACHER]


def _review(
    folder: Folder,
    version_id: int,
    grader: int,
    values: dict[str, Any],
    percent: Decimal,
    good: bool,
    at: datetime,
) -> dict[str, Any]:
    decision = evidence.Decision.ACCEPTED if good else evidence.Decision.NEEDS_REVISION
    return {
        "version_id": version_id,
        "grader_id": grader,
        "rubric_key": folder.rubric.key,
        "rubric_version": folder.rubric.version,
        "values": values,
        "percent": percent,
        "decision": decision,
        "reason_code": "" if good else "incomplete",
        "comment": "" if good else "Lengkapi bagian yang kosong.",
        "reviewed_at": at + timedelta(days=3),
    }


def _filled(rubric: Rubric, good: bool) -> tuple[dict[str, Any], Decimal]:
    values: dict[str, Any] = {}
    for line in rubric.criteria:
        if rubric.scale is ScaleKind.PERCENT:
            values[line.code] = "88" if good else "52"
        elif rubric.scale is ScaleKind.LEVEL:
            values[line.code] = len(line.parts) - 1 if good else 1
        elif line.parts and rubric.scale is not ScaleKind.BINARY:
            values[line.code] = list(range(len(line.parts) if good else len(line.parts) // 2))
        else:
            values[line.code] = int(good)
    return values, evidence.verdict(rubric, values).percent
