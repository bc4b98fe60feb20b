"""What the definition in force would give and take, measured by the rules themselves; stores nothing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.completion.evaluation import evaluate_everybody
from lms.completion.models import CompletionState
from lms.completion.recompute import CHUNK
from lms.platform.long_lists import among
from lms.programmes import api as programmes


def measure_programme(
    session: Session, programme: programmes.Programme, now: datetime
) -> Iterator[programmes.Effect]:
    """Every stored completion that an evaluation of this moment turns round.

    The number of queries depends on hundreds of schools, not on people.
    """
    school_ids = sorted(school.id for school, _kind in programmes.schools_of(session, programme.id))
    for start in range(0, len(school_ids), CHUNK):
        some = school_ids[start : start + CHUNK]
        held = {
            (row.school_id, row.enrolment_id, row.stage_id, row.phase): row.met
            for row in session.execute(_HELD, {"programme": programme.id, "schools": some})
        }
        verdicts = evaluate_everybody(session, programme_id=programme.id, school_ids=some, now=now)
        for key, (verdict, _scores) in verdicts.items():
            if held.get(key, verdict.met) != verdict.met:
                yield programmes.Effect(*key, gained=verdict.met)


_HELD = select(
    CompletionState.school_id,
    CompletionState.enrolment_id,
    CompletionState.stage_id,
    CompletionState.phase,
    CompletionState.met,
).where(
    CompletionState.programme_id == bindparam("programme"),
    among(CompletionState.school_id, bindparam("schools")),
)
