"""Evidence of a province, in bulk: a few stored papers, many submissions, versions and reviews."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.contract.rubrics import Rubric, ScaleKind
from lms.evidence import api as evidence
from lms.evidence.models import EvidenceFile, Review, Submission, SubmissionVersion
from lms.platform.plugins import registry
from lms.platform.storage import storage
from lms.programmes import api as programmes
from lms.simulation import papers
from lms.simulation.crowd import Member, bulk, next_id
from lms.simulation.habits import luck, moment_between


@dataclass(frozen=True, slots=True)
class Folder:
    """A deliverable with one stored paper and a good and a poor filled rubric."""

    due: evidence.DeliverableDue
    rubric: Rubric
    opens_at: datetime
    file: dict[str, Any]
    good: tuple[dict[str, Any], Decimal]
    poor: tuple[dict[str, Any], Decimal]


Shelf = list[Folder]


def prepare(session: Session, stages: list[programmes.Stage]) -> Shelf:
    """One folder for each deliverable."""
    shelf = []
    for stage in stages:
        for due in evidence.dues_of(session, [stage.id]):
            deliverable = registry().deliverables[due.deliverable_key]
            rubric = registry().rubric(deliverable.rubric)
            name, body = papers.paper(
                deliverable.media_types, title=due.title_id, school="contoh", when=stage.opens_at, version=1
            )
            checked = evidence.check_file(
                name, io.BytesIO(body), kinds=deliverable.media_types, max_bytes=deliverable.max_bytes
            )
            kept = storage().put(checked.body, suffix=checked.kind.extensions[0])
            file = {
                "name": checked.name, "kind": checked.kind.name, "media_type": checked.kind.media_type,
                "size": kept.size, "sha256": checked.sha256, "storage_key": kept.key, "preview_key": "",
            }  # fmt: skip
            shelf.append(
                Folder(due, rubric, stage.opens_at, file, _filled(rubric, True), _filled(rubric, False))
            )
            session.expunge(due)
    return shelf


def write_submissions(session: Session, shelf: Shelf, members: list[Member], now: datetime) -> None:
    """What was handed in by ``now``; what is older than four days was decided."""
    submission_id, version_id = next_id(session, Submission), next_id(session, SubmissionVersion)
    submissions, versions, files, reviews = [], [], [], []
    for member in members:
        for folder in shelf:
            if folder.opens_at > now or (folder.due.models_only and not member.is_model):
                continue
            for owner, person_id in _owners(folder.due, member):
                rng = luck("paper", member.school_id, owner, folder.due.deliverable_key)
                moment = moment_between(rng, folder.opens_at, folder.due.due_at)
                if moment > now or rng.random() > 0.93:
                    continue
                decided = now - moment > timedelta(days=4)
                good = rng.random() < 0.88
                values, percent = folder.good if good else folder.poor
                status = (
                    evidence.SubmissionStatus.SUBMITTED if not decided
                    else evidence.SubmissionStatus.ACCEPTED if good else evidence.SubmissionStatus.NEEDS_REVISION
                )  # fmt: skip
                submissions.append(
                    {"id": submission_id, "due_id": folder.due.id, "school_id": member.school_id,
                     "enrolment_id": owner, "status": status, "version": 1, "submitted_at": moment, "late": False,
                     "percent": percent if decided else None,
                     "decided_at": moment + timedelta(days=3) if decided else None}
                )  # fmt: skip
                versions.append(
                    {"id": version_id, "submission_id": submission_id, "no": 1, "note": "", "created_at": moment,
                     "submitted_at": moment, "submitted_by": person_id}
                )  # fmt: skip
                files.append(
                    {**folder.file, "version_id": version_id, "uploaded_by": person_id, "uploaded_at": moment}
                )
                if decided:
                    reviews.append(_review(folder, version_id, member.grader, values, percent, good, moment))
                submission_id += 1
                version_id += 1
    for model, rows in (
        (Submission, submissions), (SubmissionVersion, versions), (EvidenceFile, files), (Review, reviews),
    ):  # fmt: skip
        bulk(session, model, rows)


def _owners(due: evidence.DeliverableDue, member: Member) -> list[tuple[int, int]]:
    if due.unit is Unit.SCHOOL:
        headmaster = next(person for _id, person, role in member.enrolments if role is Role.HEADMASTER)
        return [(0, headmaster)]
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
        "version_id": version_id, "grader_id": grader, "rubric_key": folder.rubric.key,
        "rubric_version": folder.rubric.version, "values": values, "percent": percent, "decision": decision,
        "reason_code": "" if good else "incomplete", "comment": "" if good else "Lengkapi bagian yang kosong.",
        "reviewed_at": at + timedelta(days=3),
    }  # fmt: skip


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
