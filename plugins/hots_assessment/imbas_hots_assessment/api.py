"""Use cases of the writer and the reviewer of item cards. Nobody commits here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from imbas_hots_assessment import errors
from imbas_hots_assessment.models import Blueprint, Card, CardReview
from imbas_hots_assessment.rules import Decision, fitting, may_be_used, missing_parts, review_key
from lms.api import (
    Actor,
    Fact,
    Place,
    Rubric,
    Workplace,
    compare_and_set,
    emit,
    record,
    registry,
    rubric_verdict,
    workplace,
)

REVIEWED = "hots_assessment.card_reviewed.v1"
MOST_CARDS = 60
"""Cards of one teacher in a programme; keeps a page and its queries small."""


@dataclass(frozen=True, slots=True)
class CardFields:
    """What the writer types; texts may be empty while the card is a draft. ``number`` is 1..99."""

    number: int
    competence: str
    material: str
    indicator: str
    bloom: str
    format: str
    source: str
    stimulus: str
    stimulus_table: str
    stem: str
    options: str
    answer_key: str
    guide: str
    reason: str

    @property
    def parts(self) -> dict[str, Any]:
        """Value by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def parts_of(card: Card) -> dict[str, Any]:
    """What is typed on a card, by name of the part."""
    return {name: getattr(card, name) for name in CardFields.__slots__}


def open_parts(card: Card) -> tuple[str, ...]:
    """Parts that a card still needs before somebody can review it."""
    return missing_parts(parts_of(card), has_picture=bool(card.picture_key))


def blueprint_of(session: Session, *, at: Workplace, person_id: int) -> Blueprint | None:
    """A teacher's blueprint with its cards at a school in a programme, if begun."""
    return session.scalar(
        select(Blueprint)
        .options(selectinload(Blueprint.cards))
        .where(
            Blueprint.programme_id == at.programme_id,
            Blueprint.school_id == at.school_id,
            Blueprint.person_id == person_id,
        )
    )


def save_head(
    session: Session,
    *,
    at: Workplace,
    version: int,
    subject: str,
    grade: str,
    curriculum: str,
    minutes: int | None,
    actor: Actor,
    now: datetime,
) -> Blueprint:
    """Store the head of one's own blueprint; ``version`` as read, 0 for none. Raises Conflict."""
    blueprint = blueprint_of(session, at=at, person_id=actor.person_id)
    if blueprint is not None:
        compare_and_set(session, blueprint, Blueprint.version, seen=version, conflict=errors.moved_on())
    elif version != 0:
        raise errors.moved_on()
    else:
        blueprint = _begun(session, at, actor, now)
        blueprint.version = 1
    blueprint.subject, blueprint.grade = subject, grade
    blueprint.curriculum, blueprint.minutes = curriculum, minutes
    blueprint.updated_at = now
    session.flush()
    return blueprint


def create_card(session: Session, *, at: Workplace, fields: CardFields, actor: Actor, now: datetime) -> Card:
    """Begin a card; the blueprint's head may come later. Raises Invalid, Forbidden."""
    blueprint = blueprint_of(session, at=at, person_id=actor.person_id)
    if blueprint is None:
        blueprint = _begun(session, at, actor, now)
    session.refresh(blueprint, with_for_update=True)  # two new cards at once: numbers and their limit
    if len(blueprint.cards) >= MOST_CARDS:
        raise errors.too_many(MOST_CARDS)
    _refuse_taken(blueprint, fields.number, None)
    card = Card(**fields.parts, shared=False, version=1, updated_at=now, reviews=[])
    blueprint.cards.append(card)
    session.flush()
    return card


def find_card(session: Session, card_id: int) -> Card:
    """The card; raises NotFound."""
    card = session.get(Card, card_id)
    if card is None:
        raise errors.gone()
    return card


def readable_card(session: Session, *, card_id: int, actor: Actor) -> Card:
    """The card when it is one's own or shared; raises NotFound."""
    card = find_card(session, card_id)
    if not card.shared and card.blueprint.person_id != actor.person_id:
        raise errors.gone()
    return card


def workplace_of(session: Session, card: Card) -> Workplace:
    """The school and programme of a card."""
    head = card.blueprint
    return workplace(session, programme_id=head.programme_id, school_id=head.school_id)


def place_of_card(session: Session, card_id: int, **_more: Any) -> Place:
    """Where a card stands: its writer, school and programme; raises NotFound."""
    card = find_card(session, card_id)
    return replace(workplace_of(session, card).place, person_id=card.blueprint.person_id)


def save_card(session: Session, *, card_id: int, version: int, fields: CardFields, now: datetime) -> Card:
    """Store one's own card; a shared one must stay complete. Raises Conflict, Invalid."""
    card = _writable(session, card_id, version)
    _refuse_taken(card.blueprint, fields.number, card.id)
    if card.shared and missing_parts(fields.parts, has_picture=bool(card.picture_key)):
        raise errors.incomplete()
    if fields.parts == parts_of(card):
        return card  # nothing new to review
    compare_and_set(session, card, Card.version, seen=version, conflict=errors.moved_on())
    for name, value in fields.parts.items():
        setattr(card, name, value)
    card.updated_at = now
    session.flush()
    return card


def set_picture(session: Session, *, card_id: int, version: int, key: str, alt: str, now: datetime) -> Card:
    """Give one's own card a picture that is in the store, or take it off with ``key`` "". Raises Conflict, Invalid.

    A shared card must stay complete. The content of a former picture stays in the store: an undo of the
    database must find it.
    """
    card = _writable(session, card_id, version)
    if card.shared and missing_parts(parts_of(card), has_picture=bool(key)):
        raise errors.incomplete()
    compare_and_set(session, card, Card.version, seen=version, conflict=errors.moved_on())
    card.picture_key, card.picture_alt = key, alt if key else ""
    card.updated_at = now
    session.flush()
    return card


def share_card(session: Session, *, card_id: int, version: int, now: datetime) -> Card:
    """Show a complete card to colleagues and ask for a review; raises Conflict, Invalid."""
    card = _writable(session, card_id, version)
    if open_parts(card):
        raise errors.incomplete()
    card.shared, card.updated_at = True, now
    return card


def delete_card(session: Session, *, card_id: int, version: int) -> Workplace:
    """Remove one's own card with its reviews; returns where it stood. Raises Conflict."""
    card = _writable(session, card_id, version)
    at = workplace_of(session, card)
    card.blueprint.cards.remove(card)
    return at


def checklist_of(card: Card) -> Rubric:
    """The newest checklist for the card's format and level."""
    return fitting(registry().rubric(review_key(card.format)), card.bloom)


def reviewable_card(session: Session, *, card_id: int, actor: Actor) -> Card:
    """The card when ``actor`` may review it; raises Forbidden for one's own, NotFound for a draft."""
    card = find_card(session, card_id)
    if card.blueprint.person_id == actor.person_id:
        raise errors.own_card()
    if not card.shared:
        raise errors.gone()
    return card


def review_card(
    session: Session,
    *,
    card_id: int,
    version: int,
    scores: Mapping[str, Any],
    decision: Decision,
    comment: str,
    actor: Actor,
    now: datetime,
) -> CardReview:
    """Store a review of this version of a card; a second one by the same person replaces the first.

    ``scores``: 0 or 1 for every rule of the checklist. Raises Forbidden, Conflict, Invalid.
    """
    card = reviewable_card(session, card_id=card_id, actor=actor)
    _hold_version(session, card, version)
    rubric = checklist_of(card)
    verdict = rubric_verdict(rubric, scores)
    if not may_be_used(verdict.passed, decision):
        raise errors.not_usable(verdict.critical)
    if decision is not Decision.USE and not comment:
        raise errors.comment_needed()
    row = own_review(card, actor.person_id)
    if row is None:
        row = CardReview(card_version=version, reviewer_id=actor.person_id)
        card.reviews.append(row)
    row.rubric_key, row.rubric_version, row.scores = rubric.key, rubric.version, dict(scores)
    row.percent, row.decision, row.comment, row.reviewed_at = verdict.percent, decision, comment, now
    session.flush()
    head = card.blueprint
    payload = {"programme_id": head.programme_id, "school_id": head.school_id, "card_id": card.id}
    emit(session, Fact(REVIEWED, now, payload))
    record(
        session,
        actor_id=actor.person_id,
        action="hots_assessment.review",
        subject=("item_card", card.id),
        concerns=head.person_id,
        now=now,
        after={"version": version, "percent": str(verdict.percent), "decision": decision.value},
    )
    return row


def own_review(card: Card, person_id: int) -> CardReview | None:
    """What a person has found in the version of the card that stands now."""
    return next(
        (row for row in card.reviews if (row.reviewer_id, row.card_version) == (person_id, card.version)),
        None,
    )


def _begun(session: Session, at: Workplace, actor: Actor, now: datetime) -> Blueprint:
    blueprint = Blueprint(
        programme_id=at.programme_id,
        school_id=at.school_id,
        person_id=actor.person_id,
        subject="",
        grade="",
        curriculum="",
        minutes=None,
        version=0,
        updated_at=now,
        cards=[],
    )
    session.add(blueprint)
    session.flush()
    return blueprint


def _writable(session: Session, card_id: int, version: int) -> Card:
    card = find_card(session, card_id)
    _hold_version(session, card, version)
    return card


def _hold_version(session: Session, card: Card, version: int) -> None:
    """Lock the card at the version that was read; raises Conflict."""
    compare_and_set(session, card, Card.version, seen=version, to=version, conflict=errors.moved_on())


def _refuse_taken(blueprint: Blueprint, number: int, card_id: int | None) -> None:
    if any(card.number == number and card.id != card_id for card in blueprint.cards):
        raise errors.number_taken(number)
