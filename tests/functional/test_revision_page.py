"""A revision names what is to be mended; a critical criterion blocks acceptance, said in words."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.contract.actors import Role
from lms.contract.rubrics import Rubric
from lms.evidence.grading import grade
from lms.evidence.models import Assignment, Review, Submission
from lms.evidence.rules import Decision, SubmissionStatus
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
EXPECTED = (
    "Dapat diukur",
    "Memuat kemampuan C4-C6 bila KD memungkinkan",
    "Menyebut nilai karakter yang dikuatkan",
    "Memuat kegiatan literasi",
    "Memuat masalah nyata atau pertanyaan HOTS",
    "Mengukur tujuan",
    "Ada rubrik atau kunci pada lampiran",
    "Ada tindak lanjut hasil",
)
"""What is lacking where T1:1, L1:1-2 and N1:1 were ticked."""


def handed_in(province: Province, deliverable: str) -> int:
    """A piece of evidence of the school that waits for the grader, answering to ``deliverable``."""
    with write() as session:
        row = session.scalars(
            select(Submission).where(
                Submission.school_id == province.own.school.id,
                Submission.status == SubmissionStatus.SUBMITTED,
                Submission.enrolment_id.is_(None),
            )
        ).one()
        session.get_one(Assignment, row.due_id).deliverable_key = deliverable
        return row.id


def deliverable_with(rubric_key: str) -> str:
    return next(entry.key for entry in registry().deliverables.values() if entry.rubric == rubric_key)


def decide(submission_id: int, values: dict[str, Any]) -> None:
    with write() as session:
        grade(
            session,
            submission_id=submission_id,
            version_no=1,
            values=values,
            decision=Decision.NEEDS_REVISION,
            reason_code="incomplete",
            comment="Mohon dilengkapi.",
            actor_id=None,
            now=TODAY,
        )
    db.session.remove()


def listed(page: str) -> list[str]:
    """The lines under "Yang perlu dilengkapi", without the criteria's names."""
    block = page[page.index("Yang perlu dilengkapi") : page.index("<h2>Tugas")]
    return [line.strip() for line in re.findall(r"<li>([^<>]+)</li>", block)]


def test_a_revision_lists_what_is_lacking_of_each_criterion(site: Flask, province: Province) -> None:
    key = deliverable_with("lesson_planning.review_one_page")
    row = handed_in(province, key)
    decide(row, {"T1": [0], "L1": [0, 1], "N1": [0]})
    page = sign_in(site, province.own.people[Role.QUALITY_TEAM]).get(f"/bukti/{row}").text
    assert listed(page) == list(EXPECTED)


def test_a_rubric_of_another_version_begins_empty(site: Flask, province: Province) -> None:
    """Numbers of descriptors mean nothing in another version of the rubric."""
    key = deliverable_with("lesson_planning.review_one_page")
    row = handed_in(province, key)
    grader = sign_in(site, province.own.people[Role.GRADER])
    decide(row, {"T1": [0], "L1": [0, 1], "N1": [0]})
    with write() as session:
        session.get_one(Submission, row).status = SubmissionStatus.SUBMITTED
    assert grader.get(f"/nilai/{row}").text.count(" checked") == 4
    with write() as session:
        session.scalars(select(Review).order_by(Review.id.desc())).first().rubric_version = "0.9"  # type: ignore[union-attr]
    platform(site).clock.set(TODAY + timedelta(hours=1))
    page = grader.get(f"/nilai/{row}").text
    assert page.count(" checked") == 0
    assert "Versi sebelumnya sudah dinilai" not in page


def best(rubric: Rubric, but: str, short: str) -> dict[str, Any]:
    """Form fields that meet all criteria; of ``but`` all that ``short`` leaves."""
    fields: dict[str, Any] = {}
    for line in rubric.criteria:
        met = [str(number) for number in range(len(line.parts))] if line.parts else ["1"]
        fields[f"crit-{line.code}"] = met if line.code != but else met[:-1] if line.parts else [short]
    return fields


def critical_lines() -> list[tuple[str, str]]:
    return [
        (entry.key, line.code)
        for entry in registry().deliverables.values()
        for line in registry().rubric(entry.rubric).criteria
        if line.critical
    ]


def test_a_critical_criterion_blocks_acceptance_at_the_desk(site: Flask, province: Province) -> None:
    """Whichever module asks for it: the rest may be perfect."""
    found = critical_lines()
    assert ("hots_assessment.item_cards", "K") in found, "a key that is not the only one"
    row = handed_in(province, found[0][0])
    grader = sign_in(site, province.own.people[Role.GRADER])
    for key, code in found:
        handed_over(row, key)
        rubric = registry().rubric(registry().deliverables[key].rubric)
        line = next(line for line in rubric.criteria if line.code == code)
        page = grader.get(f"/nilai/{row}").text
        assert re.search(rf"{code} · [^<]+<span[^>]*>\(kritis\)", page)
        answer = grader.post(
            f"/nilai/{row}", data={**best(rubric, code, "0"), "version": "1", "decision": "accepted"}
        )
        assert answer.status_code == 422
        assert f"kriteria kritis belum terpenuhi: {code} {line.text}" in answer.text
        db.session.remove()
        assert db.session.get_one(Submission, row).status is not SubmissionStatus.ACCEPTED


def handed_over(row: int, deliverable: str) -> None:
    with write() as session:
        due = session.get_one(Assignment, session.get_one(Submission, row).due_id)
        due.deliverable_key = deliverable
    db.session.remove()
