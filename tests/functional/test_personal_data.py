"""The copy of one's own data: nothing that points at a person is left out without a reason, nothing leaks."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from lms.assessment.models import Attempt, Item, Mark, Quiz
from lms.contract.actors import Role
from lms.people import api as people
from lms.people.directory.models import Person
from lms.platform.audit import record
from lms.platform.clock import now
from lms.platform.db import Base, db
from lms.platform.transaction import write
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules

EXPORTED = {
    "account.person_id": "people.username",
    "role_grant.person_id": "people.roles",
    "user_session.person_id": "people.devices",
    "audit_entry.concerns": "history",
    "enrolment.person_id": "programmes.enrolments",
    "attendance_record.enrolment_id": "programmes.attendance",
    "read_section.enrolment_id": "modules.read",
    "attempt.person_id": "assessment.attempts",
    "attempt.enrolment_id": "assessment.attempts",
    "extra_attempt.enrolment_id": "assessment.extra_attempts",
    "submission.enrolment_id": "evidence.products",
    "evidence_file.uploaded_by": "evidence.files_sent_for_school",
    "calendar_feed.person_id": "calendar.calendar_address_made_at",
    "notice.person_id": "notices.told",
    "mail_choice.person_id": "notices.email",
    "evidence_upload.person_id": "evidence.files_on_their_way",
    "form_file.person_id": "evidence.files_of_forms",
    "document.person_id": "documents.documents",
    "document_lock.person_id": "documents.writing_in",
    "document_review.reviewer_id": "documents.reviews_given",
    "document_revision.submitted_by": "documents.submitted",
    "document_writer.person_id": "documents.written_in",
    "completion_state.enrolment_id": "completion.standing",
    "certificate.person_id": "certificates.certificates",
    "certificate.enrolment_id": "certificates.certificates",
    "p_hots_assessment_blueprint.person_id": "plugins.hots_assessment",
    "p_program_unggulan_measure.recorded_by": "plugins.program_unggulan",
    "p_spmi_documents_problem.updated_by": "plugins.spmi_documents",
    "p_spmi_documents_report.updated_by": "plugins.spmi_documents",
    "p_spmi_documents_plan_line.updated_by": "plugins.spmi_documents",
    "p_spmi_documents_checklist.updated_by": "plugins.spmi_documents",
}
"""Where a column that points at a person, or at a participation, shows in the copy."""
OF_THE_OFFICE = {
    "attendance_record.recorded_by",
    "audit_entry.actor_id",
    "certificate.issued_by",
    "certificate_batch.ordered_by",
    "deadline_change.withdrawn_by",
    "deadline_decision.decided_by",
    "deadline_decision.withdrawn_by",
    "extra_attempt.given_by",
    "evidence_feedback.author_id",
    "lease.grader_id",
    "mark.marker_id",
    "p_hots_assessment_analysis.computed_by",
    "plugin_setting.changed_by",
    "programme_version.changed_by",
    "rescoring.asked_by",
    "review.grader_id",
    "submission_version.submitted_by",
}
"""Who did something in office, to the work of others: the agency's record, and theirs to read."""
PASSING = {"request_key.person_id", "certificate_batch_line.enrolment_id"}
"""Keys of forms that were sent, forgotten after days; who of an order waits for a certificate, gone with it."""
NEVER_IN_THE_STORY = {
    "people.devices",
    "modules.read",
    "assessment.extra_attempts",
    "evidence.files_of_forms",
    "documents.writing_in",
    "calendar.calendar_address_made_at",
    "notices.email",
}
"""What nobody of this world does: sign in, tick off a section, get another attempt, use a form with files, write now, have a
calendar's address, want letters."""


def pointing_at_people() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in {"person_id", "enrolment_id", "actor_id", "concerns"}
        or any(key.target_fullname in {"person.id", "enrolment.id"} for key in column.foreign_keys)
    }


def copies(province: Province) -> list[dict[str, Any]]:
    who = [*province.own.participants, *province.own.school.quality_team, *province.own.people.values()]
    return [
        people.export_person(db.session(), person_id=person_id, now=TODAY) for person_id in dict.fromkeys(who)
    ]


def found_at(copy: dict[str, Any], path: str) -> Any:
    for name in path.split("."):
        copy = copy.get(name, {})
    return copy


def test_whatever_points_at_a_person_is_in_the_copy_or_has_its_reason(app: Flask) -> None:
    columns = [*EXPORTED, *OF_THE_OFFICE, *PASSING]
    assert sorted(columns) == sorted(pointing_at_people())


def test_the_copy_has_what_it_says(site_both: Flask, province_both: Province) -> None:
    everybody = copies(province_both)
    empty = {path for path in EXPORTED.values() if not any(found_at(copy, path) for copy in everybody)}
    assert empty == NEVER_IN_THE_STORY
    json.dumps(everybody)


def test_the_copy_is_silent_about_keys_and_about_others(site_both: Flask, province_both: Province) -> None:
    teacher = province_both.own.participants[0]
    copy = people.export_person(db.session(), person_id=teacher, now=TODAY)
    text = json.dumps(copy, ensure_ascii=False)
    others = {
        *province_both.other.participants,
        *province_both.far.participants,
        province_both.own.school.teachers[1],
    }
    for name in db.session.scalars(select(Person.full_name).where(Person.id.in_(others))):
        assert name not in text
    attempts = copy["assessment"]["attempts"]
    assert attempts
    assert all("marks" not in attempt for attempt in attempts if attempt["state"] != "scored")
    explanations = {
        item.secret.get("explanation")
        for item in db.session.scalars(
            select(Item).join(Attempt, Attempt.quiz_id == Item.quiz_id).where(Attempt.person_id == teacher)
        )
    } - {None, ""}
    assert explanations
    assert not [words for words in explanations if words in text]


def test_points_of_an_essay_wait_for_their_release(site_both: Flask, province_both: Province) -> None:
    """Neither as a mark nor in the history of what was done: K15."""
    grader, comment = province_both.own.people[Role.GRADER], "Sebutkan buktinya."
    with write() as session:
        attempt = session.scalars(
            select(Attempt).where(Attempt.person_id == province_both.own.participants[0])
        ).first()
        assert attempt
        teacher = attempt.person_id
        item = session.scalars(
            select(Item).where(Item.quiz_id == attempt.quiz_id, Item.type == "essay")
        ).first()
        assert item
        session.merge(
            Mark(
                attempt_id=attempt.id,
                item_id=item.id,
                criteria={"A": "1"},
                comment=comment,
                marker_id=grader,
                marked_at=TODAY,
            )
        )
        quiz = session.get_one(Quiz, attempt.quiz_id)
        quiz.release, quiz.due_at = "at_close", now() + timedelta(days=9)
        record(
            session,
            actor_id=grader,
            action="assessment.mark",
            subject=("attempt", attempt.id),
            now=TODAY,
            concerns=teacher,
            after={"7": {"A": "1", "comment": comment}},
        )
    copy = people.export_person(db.session(), person_id=teacher, now=TODAY)
    assert [entry for entry in copy["history"] if entry["action"] == "assessment.mark"]
    assert comment not in json.dumps(copy)
    assert not [attempt for attempt in copy["assessment"]["attempts"] if "marks" in attempt]


def test_only_attempts_cost_more_queries(site_both: Flask, province_both: Province) -> None:
    """Of each attempt a handful; of lists, files and standing none."""
    counts = []
    for who in (province_both.own.people[Role.ADMIN], province_both.own.participants[0]):
        asked: list[str] = []
        db.session.remove()
        event.listen(db.engine, "before_cursor_execute", lambda *given, asked=asked: asked.append(given[2]))
        copy = people.export_person(db.session(), person_id=who, now=TODAY)
        counts.append(len(asked) - 6 * len(copy["assessment"]["attempts"]))
    assert max(counts) <= 45, counts
