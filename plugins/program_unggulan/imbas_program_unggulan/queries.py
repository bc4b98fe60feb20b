"""What rules and certificates read: plans of schools."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from imbas_program_unggulan.documents import PLAN
from imbas_program_unggulan.i18n import message
from imbas_program_unggulan.measuring import GOALS, measured_rows
from lms.api import (
    Award,
    CertificateLine,
    DocumentState,
    RuleSubject,
    contents_of,
    documents_of,
    missing_in_document,
)


def gather(session: Session, subjects: tuple[RuleSubject, ...]) -> tuple[Mapping[str, Any], ...]:
    """Facts of the rule ``plan_reviewed`` for many schools, in three queries."""
    plans = documents_of(
        session,
        type_key=PLAN.key,
        programme_ids={subject.programme_id for subject in subjects},
        school_ids={subject.school_id for subject in subjects},
    )
    contents = contents_of(session, PLAN, plans)
    measured = measured_rows(session, contents)
    facts: dict[tuple[int, int], dict[str, Any]] = {}
    for plan in plans:
        content = contents[plan.id]
        lacking = missing_in_document(PLAN, content)
        complete = [row.row for row in content.rows_of(GOALS) if (GOALS, row.row) not in lacking]
        facts[plan.programme_id, plan.school_id] = {
            "state": plan.state.value,
            "lines": len(complete),
            "measured": sum((plan.id, row) in measured for row in complete),
        }
    nothing = {"state": None, "lines": 0, "measured": 0}
    return tuple(facts.get((subject.programme_id, subject.school_id), nothing) for subject in subjects)


def certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    """The accepted programme's name on a school's certificate; a person's says nothing about it."""
    if award.enrolment_id is not None:
        return ()
    plans = documents_of(
        session, type_key=PLAN.key, programme_ids=[award.programme_id], school_ids=[award.school_id]
    )
    return tuple(
        CertificateLine(message("Program unggulan"), plan.title)
        for plan in plans
        if plan.state is DocumentState.ACCEPTED
    )
