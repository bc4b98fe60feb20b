"""What pages read: a teacher's cards, what colleagues have shared, what waits for a review."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager

from imbas_hots_assessment import api
from imbas_hots_assessment.models import Blueprint, Card, CardReview
from imbas_hots_assessment.rules import CardState, Share, share, state_of
from lms.api import Workplace

PAGE = 50
Key = tuple[int, int]
"""Programme id and school id."""


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card in a list: its state and the parts that are still open."""

    card: Card
    state: CardState
    missing: tuple[str, ...]


def line_of(card: Card) -> CardLine:
    """A card with what a list shows of it."""
    reviews = ((row.card_version, row.decision) for row in card.reviews)
    return CardLine(card, state_of(card.shared, card.version, reviews), api.open_parts(card))


def lines_of(blueprint: Blueprint | None) -> tuple[CardLine, ...]:
    """The cards of a blueprint in the order of their numbers."""
    return tuple(line_of(card) for card in blueprint.cards) if blueprint else ()


def share_of(lines: Iterable[CardLine]) -> Share:
    """The share of C4-C6 among cards."""
    return share(line.card.bloom for line in lines)


def shared_cards(
    session: Session, *, at: Workplace, without_person: int, number: int = 1
) -> tuple[list[CardLine], bool]:
    """A page of what others at the school have shared, those without a review of their version first.

    The second value says whether there are more.
    """
    query = (
        select(Card)
        .join(Card.blueprint)
        .options(contains_eager(Card.blueprint))
        .where(
            Blueprint.programme_id == at.programme_id,
            Blueprint.school_id == at.school_id,
            Blueprint.person_id != without_person,
            Card.shared.is_(True),
        )
        .order_by(_reviewed(), Card.updated_at, Card.id)
        .limit(PAGE + 1)
        .offset((number - 1) * PAGE)
    )
    found = [line_of(card) for card in session.scalars(query)]
    return found[:PAGE], len(found) > PAGE


def waiting_count(session: Session, *, programme_id: int, school_id: int, without_person: int) -> int:
    """How many cards of others at a school wait for the first review of what stands there now."""
    at = {"programme": programme_id, "school": school_id, "person": without_person}
    return session.scalar(_WAITING, at) or 0


def own_levels(session: Session, *, programme_id: int, school_id: int, person_id: int) -> Share:
    """The share of C4-C6 among a teacher's cards, in one query."""
    at = {"programme": programme_id, "school": school_id, "person": person_id}
    return share(session.scalars(_OWN_LEVELS, at))


def school_counts(session: Session, keys: Iterable[Key]) -> dict[Key, tuple[int, int]]:
    """(cards, shared cards) of many schools, in one query; schools without cards are missing."""
    wanted = tuple(keys)
    query = (
        select(
            Blueprint.programme_id,
            Blueprint.school_id,
            func.count(),
            func.count().filter(Card.shared.is_(True)),
        )
        .join(Card.blueprint)
        .where(
            Blueprint.programme_id.in_({key[0] for key in wanted}),
            Blueprint.school_id.in_({key[1] for key in wanted}),
        )
        .group_by(Blueprint.programme_id, Blueprint.school_id)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in session.execute(query)}


def _reviewed() -> ColumnElement[bool]:
    return (
        select(CardReview.id)
        .where(CardReview.card_id == Card.id, CardReview.card_version == Card.version)
        .exists()
    )


_HERE = (
    Blueprint.programme_id == bindparam("programme"),
    Blueprint.school_id == bindparam("school"),
)
_WAITING = (
    select(func.count())
    .select_from(Card)
    .join(Card.blueprint)
    .where(*_HERE, Blueprint.person_id != bindparam("person"), Card.shared.is_(True), ~_reviewed())
)
"""Built once, like the next one: both stand on every teacher's first screen."""
_OWN_LEVELS = (
    select(Card.bloom).join(Card.blueprint).where(*_HERE, Blueprint.person_id == bindparam("person"))
)
