"""What was acknowledged, beside what the database holds: lost, doubled.

A new row must be there once. A changed row must hold the last text that was acknowledged and, where it
carries a version, have changed as often as that.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.writers import Key, Log
from lms.assessment import api as assessment
from lms.assessment.models import Answer
from lms.evidence.events import HANDED_IN
from lms.evidence.models import SubmissionVersion
from lms.platform.db import Base
from lms.platform.outbox import OutboxFact

Held = Mapping[Key, tuple[Any, int | None]]
"""What a row holds, and how often it has changed; None where nothing counts that."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Of one kind of write."""

    kind: str
    acknowledged: int
    lost: int
    doubled: int


def compare(session: Session, log: Log) -> list[Sum]:
    """Every kind of write in ``log`` against the rows."""
    lost, doubled = Counter[str](), Counter[str]()
    for kind, texts in log.added.items():
        found = Counter(_ADDED[kind](session))
        lost[kind] = sum(found[text] == 0 for text in texts)
        doubled[kind] = sum(found[text] > 1 for text in texts)
    for kind, rows in log.changed.items():
        held = _CHANGED[kind](session)
        for row, (value, times) in rows.items():
            there, changes = held.get(row, (None, None))
            counted = times if changes is None else changes
            lost[kind] += there != value or counted < times
            doubled[kind] += counted > times
    return [Sum(kind, log.acknowledged[kind], lost[kind], doubled[kind]) for kind in sorted(log.acknowledged)]


def _column(table: str, column: str) -> Callable[[Session], Iterable[str]]:
    return lambda session: session.scalars(select(Base.metadata.tables[table].c[column]))


def _told(fact: str, key: str) -> Callable[[Session], Iterable[str]]:
    """Whom the facts of one type are about."""

    def about(session: Session) -> Iterable[str]:
        payloads = session.scalars(select(OutboxFact.payload).where(OutboxFact.type == fact))
        return (str(payload[key]) for payload in payloads)

    return about


def _versioned(table: str, key: tuple[str, ...], column: str, *, first: int) -> Callable[[Session], Held]:
    """Rows that begin at version ``first``."""

    def held(session: Session) -> Held:
        columns = Base.metadata.tables[table].c
        query = select(*(columns[name] for name in key), columns[column], columns.version)
        return {tuple(row[:-2]): (row[-2], row[-1] - first) for row in session.execute(query)}

    return held


def _answers(session: Session) -> Held:
    rows = session.execute(select(Answer.attempt_id, Answer.item_id, Answer.value))
    return {(row.attempt_id, row.item_id): (row.value, None) for row in rows}


def _typed(session: Session) -> Held:
    """Saving while somebody types: the text alone counts, since a save whose answer was lost may have come twice."""
    return {key: (text, None) for key, (text, _saves) in _lesson_parts(session).items()}


def _lesson_parts(session: Session) -> Held:
    """Text and version of each part; the first save makes version 1."""
    columns = Base.metadata.tables["document_part"].c
    rows = session.execute(select(columns.document_id, columns.part, columns.content, columns.version))
    return {(row.document_id, row.part): (row.content.get("text"), row.version) for row in rows}


def _notes(session: Session) -> Held:
    rows = session.execute(select(SubmissionVersion.submission_id, SubmissionVersion.note))
    return {(row.submission_id,): (row.note, None) for row in rows}


_ADDED: dict[str, Callable[[Session], Iterable[str]]] = {
    "quiz handed in": _told(assessment.SCORED, "attempt_id"),
    "evidence handed in": _told(HANDED_IN, "submission_id"),
    "attendance corrected": _column("audit_entry", "reason"),
    "feedback": _column("evidence_feedback", "text"),
    "problem mapped": _column("p_spmi_documents_problem", "problem"),
    "plan line": _column("p_spmi_documents_plan_line", "activity"),
    "lesson plan": _column("document", "title"),
}
_CHANGED: dict[str, Callable[[Session], Held]] = {
    "answer": _answers,
    "evidence note": _notes,
    "lesson part while typing": _typed,
    "problem changed": _versioned("p_spmi_documents_problem", ("id",), "root_cause", first=1),
    "lesson part": _lesson_parts,
}
