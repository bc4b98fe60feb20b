"""Who handed something in is told what became of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.events import EventHandler, Fact
from lms.contract.text import message
from lms.evidence.events import GRADED
from lms.evidence.models import Submission
from lms.evidence.rules import SubmissionStatus
from lms.evidence.submissions import due_of_submission, owner_id
from lms.modules import api as modules
from lms.people import api as people


def tell(session: Session, fact: Fact, now: datetime) -> None:
    """Of a product of the school its team and headmaster are told; a decision that was taken back is told no more."""
    submission = session.get(Submission, fact.payload["submission_id"])
    if submission is None:
        return
    key = f"evidence.graded.{submission.id}.{submission.version}"
    due = due_of_submission(session, submission)
    texts = {
        SubmissionStatus.ACCEPTED: message("Bukti “%(title)s” diterima.", title=due.title),
        SubmissionStatus.NEEDS_REVISION: message(
            "Bukti “%(title)s” perlu dilengkapi. Lihat catatan penilai.",
            title=due.title,
        ),
    }
    for status, text in texts.items():
        if submission.status is not status:
            people.withdraw(session, key=f"{key}.{status.value}")
            continue
        people.notify(
            session,
            people=_owners(session, submission, fact.payload["programme_id"], now),
            key=f"{key}.{status.value}",
            text=text,
            href=f"/bukti/{submission.id}",
            now=now,
        )


def _owners(session: Session, submission: Submission, programme_id: int, now: datetime) -> set[int]:
    person_id = owner_id(session, submission)
    if person_id is not None:
        return {person_id}
    at = modules.workplace(session, programme_id=programme_id, school_id=submission.school_id)
    team = modules.people_at(session, (at,), (Role.QUALITY_TEAM, Role.HEADMASTER), now=now)
    return {member.person_id for member in team}


HANDLERS = (EventHandler("evidence.tell_of_decision", GRADED, tell),)
