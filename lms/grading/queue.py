"""One queue over evidence and essays: oldest first, without what others read just now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, and_, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.contract.actors import Actor
from lms.evidence import api as evidence
from lms.grading.claims import drop, still_held, take
from lms.grading.models import Kind, Lease


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a grader."""

    waiting: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One piece of a grader's work."""

    kind: Kind
    id: int


def queue(session: Session, *, actor: Actor) -> Queue:
    """How many pieces wait for this grader, and since when the oldest does."""
    pieces = _pieces(actor)
    waiting, oldest = session.execute(select(func.count(), func.min(pieces.c.since))).one()
    return Queue(waiting, oldest)


def take_next(session: Session, *, actor: Actor, now: datetime) -> WorkItem | None:
    """Take the oldest piece that nobody reads; None when there is none.

    When another grader was faster the lease is refused, and the next look does not show the piece.
    """
    pieces = _pieces(actor)
    read = exists().where(
        and_(
            Lease.kind == pieces.c.kind,
            Lease.piece_id == pieces.c.id,
            still_held(now),
            Lease.grader_id != actor.person_id,
        )
    )
    oldest = select(pieces.c.kind, pieces.c.id).where(~read)
    oldest = oldest.order_by(pieces.c.since, pieces.c.kind, pieces.c.id).limit(1)
    while (row := session.execute(oldest).first()) is not None:
        piece = WorkItem(Kind(row.kind), row.id)
        if take(session, kind=piece.kind, piece_id=piece.id, grader_id=actor.person_id, now=now):
            still = select(pieces.c.id).where(pieces.c.kind == row.kind, pieces.c.id == row.id)
            if session.execute(still).first() is None:  # decided between the look and the lease
                drop(session, kind=piece.kind, piece_id=piece.id)
                continue
            if piece.kind is Kind.EVIDENCE:
                evidence.begin_review(session, submission_id=piece.id)
            return piece
    return None


def _pieces(actor: Actor) -> Subquery:
    parts: dict[Kind, Any] = {
        Kind.EVIDENCE: evidence.waiting_for(actor),
        Kind.ESSAYS: assessment.waiting_for(actor),
    }
    return union_all(
        *(part.add_columns(literal(kind.value).label("kind")) for kind, part in parts.items())
    ).subquery()
