"""A school's answers to the document checklist: read, counted, saved. Nobody commits here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_spmi_documents.checklist import KEY, Availability, Total, choices, total
from imbas_spmi_documents.errors import moved_on, no_such_item
from imbas_spmi_documents.i18n import message
from imbas_spmi_documents.models import ChecklistAnswer
from lms.api import Actor, Criterion, Invalid, Workplace, among, compare_and_set, registry

Key = tuple[int, int]
"""Programme id and school id."""


def items() -> tuple[Criterion, ...]:
    """The items of the checklist: the lines of the newest version of its rubric."""
    return registry().rubric(KEY).criteria


def find_item(code: str) -> Criterion:
    """The item with ``code``; raises NotFound."""
    for item in items():
        if item.code == code:
            return item
    raise no_such_item()


def find_answers(session: Session, *, at: Workplace) -> dict[str, ChecklistAnswer]:
    """What the school has answered in the programme, by the code of the item; one query."""
    rows = session.scalars(
        select(ChecklistAnswer).where(
            ChecklistAnswer.programme_id == at.programme_id, ChecklistAnswer.school_id == at.school_id
        )
    )
    return {row.item_code: row for row in rows}


def find_answer(session: Session, *, at: Workplace, code: str) -> ChecklistAnswer | None:
    """What the school has answered to one item; None when nothing yet."""
    return session.scalar(
        select(ChecklistAnswer).where(
            ChecklistAnswer.programme_id == at.programme_id,
            ChecklistAnswer.school_id == at.school_id,
            ChecklistAnswer.item_code == code,
        )
    )


def school_total(session: Session, *, programme_id: int, school_id: int) -> Total:
    """The total of one school; one query."""
    key = (programme_id, school_id)
    return totals(session, [key])[key]


def totals(session: Session, keys: Iterable[Key]) -> Mapping[Key, Total]:
    """The totals of many schools, each present even when nothing is answered yet; one query."""
    wanted = tuple(dict.fromkeys(keys))
    answers: dict[Key, dict[str, Availability]] = defaultdict(dict)
    rows = session.execute(
        select(
            ChecklistAnswer.programme_id,
            ChecklistAnswer.school_id,
            ChecklistAnswer.item_code,
            ChecklistAnswer.availability,
        ).where(
            among(ChecklistAnswer.programme_id, {key[0] for key in wanted}),
            among(ChecklistAnswer.school_id, {key[1] for key in wanted}),
        )
    )
    for row in rows:
        answers[row.programme_id, row.school_id][row.item_code] = row.availability
    return {key: total(items(), answers[key]) for key in wanted}


def save_answer(
    session: Session,
    *,
    at: Workplace,
    code: str,
    version: int,
    availability: Availability | None,
    note: str,
    actor: Actor,
    now: datetime,
) -> ChecklistAnswer:
    """Store what the school says of one item.

    ``version`` is the one that was read (0 for none). Raises NotFound for an unknown item, Invalid for an
    answer that the item does not take, Conflict when somebody saved this item meanwhile.
    """
    if availability is None or availability not in choices(find_item(code)):
        raise Invalid.at("availability", message("Pilih keadaannya dari daftar."))
    answer = find_answer(session, at=at, code=code)
    if answer is not None:
        compare_and_set(session, answer, ChecklistAnswer.version, seen=version, conflict=moved_on())
    elif version != 0:
        raise moved_on()
    else:
        answer = ChecklistAnswer(
            programme_id=at.programme_id, school_id=at.school_id, item_code=code, version=1
        )
        session.add(answer)
    answer.availability, answer.note = availability, note
    answer.updated_at, answer.updated_by = now, actor.person_id
    return answer
