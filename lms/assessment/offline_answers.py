"""Answers that waited on a phone without signal, and what the server heard meanwhile (requirement K5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.assessment.answering import answers_of, sitting
from lms.assessment.quiz_versions import items_of

STALE = timedelta(seconds=60)
"""What waited less is simply on its way: the one that arrives last is the newest."""


def answered_later(
    session: Session,
    *,
    attempt_id: int,
    given: Mapping[int, Mapping[str, list[str]]],
    waited: Mapping[int, timedelta],
    now: datetime,
) -> dict[int, datetime]:
    """Positions whose waiting answer is older than another one on the server, and when that came."""
    old = {position: age for position, age in waited.items() if age > STALE and position in given}
    if not old:
        return {}
    found = sitting(session, attempt_id)
    answers = answers_of(session, attempt_id)
    later = {}
    for item in items_of(session, found.quiz_id, found.edition):
        saved = answers.get(item.id)
        if item.position not in old or saved is None:
            continue
        differs = saved.value != item.kind.parse(item.body, given[item.position])
        if differs and saved.saved_at > now - old[item.position] + STALE:
            later[item.position] = saved.saved_at
    return later
