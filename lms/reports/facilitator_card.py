"""A facilitator's first card: the session of today, a list that still waits, or the next session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class SessionCard:
    """One session, and what its list says about the schools that are looked after."""

    row: programmes.InServiceSession
    tally: programmes.Tally
    is_today: bool
    has_begun: bool


def session_card(
    session: Session, *, programme: programmes.Programme, school_ids: Sequence[int], now: datetime
) -> SessionCard | None:
    """What needs the facilitator first; None when nothing is left to do."""
    stages = programmes.stages_of(session, programme.id)
    rows = programmes.sessions_of(session, [stage.id for stage in stages])
    counts = programmes.totals(
        session, programme_id=programme.id, session_ids=[row.id for row in rows], school_ids=school_ids
    )
    zone = ZoneInfo(programme.timezone)
    today = now.astimezone(zone).date()
    cards = [
        SessionCard(row, counts[row.id], row.starts_at.astimezone(zone).date() == today, row.has_begun(now))
        for row in rows
    ]
    waiting = [card for card in cards if card.is_today or not card.has_begun or card.tally.missing]
    return min(waiting, key=lambda card: _rank(card, now), default=None)


def _rank(card: SessionCard, now: datetime) -> tuple[int, float]:
    away = abs((card.row.starts_at - now).total_seconds())
    if card.is_today:
        return 0, away
    return (1, away) if card.has_begun else (2, away)
