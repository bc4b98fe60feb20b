"""Use cases of the writer and the reviewer of a lesson plan. Nobody commits here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imbas_lesson_planning import errors
from imbas_lesson_planning.catalogue import Kind, kinds, kinds_of, tag_groups
from imbas_lesson_planning.models import LessonPart, LessonPlan, LessonReview
from imbas_lesson_planning.rules import (
    WRITABLE,
    PlanState,
    ReviewDecision,
    descriptors_met,
    has_higher,
    missing_parts,
    missing_tags,
    school_year_start,
)
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

CHANGED = "lesson_planning.plan_changed.v1"
MOST_PLANS = 40
"""Plans of one teacher in a programme; keeps lists and their queries small."""


def create_plan(
    session: Session, *, at: Workplace, kind: str, title: str, actor: Actor, now: datetime
) -> LessonPlan:
    """Begin a plan; raises Invalid, Forbidden."""
    if kind not in kinds_of(school_year_start(at.school_year)):
        raise errors.unknown_kind()
    _refuse_too_many(session, at, actor)
    plan = LessonPlan(
        programme_id=at.programme_id,
        school_id=at.school_id,
        person_id=actor.person_id,
        kind=kind,
        title=title,
        tags={},
        low_reason="",
        state=PlanState.DRAFT,
        version=1,
        updated_at=now,
        submitted_at=None,
        parts=[],
        reviews=[],
    )
    session.add(plan)
    session.flush()
    _changed(session, plan, now)
    return plan


def find_plan(session: Session, plan_id: int) -> LessonPlan:
    """The plan; raises NotFound."""
    plan = session.get(LessonPlan, plan_id)
    if plan is None:
        raise errors.gone()
    return plan


def place_of_plan(session: Session, plan_id: int, **_more: Any) -> Place:
    """Where a plan stands: its writer, school and programme; raises NotFound."""
    plan = find_plan(session, plan_id)
    return replace(workplace_of(session, plan).place, person_id=plan.person_id)


def workplace_of(session: Session, plan: LessonPlan) -> Workplace:
    """The school and programme of a plan."""
    return workplace(session, programme_id=plan.programme_id, school_id=plan.school_id)


def save_part(
    session: Session,
    *,
    plan_id: int,
    key: str,
    text: str,
    version: int,
    while_typing: bool = False,
    actor: Actor,
    now: datetime,
) -> LessonPlan:
    """Store one part; ``version`` is the part's as it was read, 0 for none.

    ``while_typing`` keeps the version, so that the form that is open can still be saved. Raises
    Conflict when the part has moved on or the plan is not open for writing.
    """
    plan = _writable(session, plan_id, actor)
    if kinds()[plan.kind].part(key) is None:
        raise errors.gone()
    after = version if while_typing else version + 1
    part = next((row for row in plan.parts if row.key == key), None)
    if part is not None:
        compare_and_set(session, part, LessonPart.version, seen=version, to=after, conflict=errors.moved_on())
    elif version != 0:
        raise errors.moved_on()
    else:
        part = LessonPart(key=key, version=after)
        plan.parts.append(part)
    part.text, part.updated_at = text, now
    plan.updated_at = now
    _changed(session, plan, now)
    return plan


def save_heading(
    session: Session,
    *,
    plan_id: int,
    title: str,
    tags: Mapping[str, Sequence[str]],
    low_reason: str = "",
    version: int,
    actor: Actor,
    now: datetime,
) -> LessonPlan:
    """Store title and tags; unknown tags are left out. Raises Conflict when the plan has moved on.

    ``low_reason``: why the competence asks for no C4-C6; kept only where none is chosen.
    """
    plan = _writable(session, plan_id, actor)
    compare_and_set(session, plan, LessonPlan.version, seen=version, conflict=errors.moved_on())
    year = school_year_start(workplace_of(session, plan).school_year)
    plan.title = title
    plan.tags = {
        key: [tag.key for tag in tag_groups()[key].tags_of(year) if tag.key in tags.get(key, ())]
        for key in kinds()[plan.kind].groups
    }
    plan.low_reason = "" if has_higher(tag_groups(), plan.tags) else low_reason
    plan.updated_at = now
    _changed(session, plan, now)
    return plan


def missing(session: Session, plan: LessonPlan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of the parts and of the tag groups that a plan still lacks."""
    kind = kinds()[plan.kind]
    year = school_year_start(workplace_of(session, plan).school_year)
    lacking = missing_tags(kind, tag_groups(), plan.tags, year, plan.low_reason)
    return missing_parts(kind, plan.texts), lacking


def submit(session: Session, *, plan_id: int, actor: Actor, now: datetime) -> LessonPlan:
    """Hand a complete plan in for review; raises Invalid while something is missing."""
    plan = _writable(session, plan_id, actor)
    if any(missing(session, plan)):
        raise errors.incomplete()
    _move(session, plan, PlanState.IN_REVIEW, now)
    plan.submitted_at = now
    return plan


def withdraw(session: Session, *, plan_id: int, actor: Actor, now: datetime) -> LessonPlan:
    """Take a plan back that no one has reviewed yet; raises Conflict."""
    plan = _own(session, plan_id, actor)
    if plan.state is not PlanState.IN_REVIEW:
        raise errors.not_waiting()
    _move(session, plan, PlanState.NEEDS_REVISION if plan.reviews else PlanState.DRAFT, now)
    return plan


def delete_plan(session: Session, *, plan_id: int, actor: Actor, now: datetime) -> Workplace:
    """Remove a plan without reviews; raises Conflict. Returns where it stood."""
    plan = _writable(session, plan_id, actor)
    if plan.reviews:
        raise errors.has_reviews()
    at = workplace_of(session, plan)
    _changed(session, plan, now)
    session.delete(plan)
    return at


def copy_plan(
    session: Session, *, plan_id: int, kind: str, title: str, actor: Actor, now: datetime
) -> LessonPlan:
    """A new draft from a plan, also of another kind: parts and tags that both kinds know come along."""
    source = find_plan(session, plan_id)
    target = kinds().get(kind)
    copy = create_plan(
        session, at=workplace_of(session, source), kind=kind, title=title, actor=actor, now=now
    )
    if target is None:  # pragma: no cover  # create_plan has refused it
        return copy
    copy.parts = [
        LessonPart(key=part.key, text=part.text, version=1, updated_at=now)
        for part in source.parts
        if target.part(part.key)
    ]
    copy.tags = {key: list(found) for key, found in source.tags.items() if key in target.groups}
    copy.low_reason = source.low_reason
    session.flush()
    return copy


def rubric_of(kind: Kind) -> Rubric:
    """The newest rubric for reviews of this kind."""
    return registry().rubric(kind.rubric)


def reviewable(session: Session, *, plan_id: int, actor: Actor) -> LessonPlan:
    """The plan, when ``actor`` may review it now; raises Forbidden for one's own, Conflict."""
    plan = find_plan(session, plan_id)
    if plan.person_id == actor.person_id:
        raise errors.own_plan()
    if plan.state is not PlanState.IN_REVIEW:
        raise errors.not_waiting()
    return plan


def review(
    session: Session,
    *,
    plan_id: int,
    version: int,
    scores: Mapping[str, Any],
    comments: Mapping[str, str],
    comment: str,
    decision: ReviewDecision,
    actor: Actor,
    now: datetime,
) -> LessonReview:
    """Store a review and move the plan; raises Forbidden for one's own, Conflict, Invalid.

    ``scores``: descriptors met by criterion. A plan below the rubric's pass mark is not accepted;
    one that needs revision gets at least one comment.
    """
    _held(session, plan_id)
    plan = reviewable(session, plan_id=plan_id, actor=actor)
    compare_and_set(session, plan, LessonPlan.version, seen=version, conflict=errors.moved_on())
    rubric = rubric_of(kinds()[plan.kind])
    verdict = rubric_verdict(rubric, scores)
    if decision is ReviewDecision.ACCEPTED and not verdict.passed:
        raise errors.below_pass_mark(rubric.pass_mark)
    if decision is ReviewDecision.NEEDS_REVISION and not (comment or any(comments.values())):
        raise errors.comment_needed()
    row = LessonReview(
        reviewer_id=actor.person_id,
        rubric_key=rubric.key,
        rubric_version=rubric.version,
        scores=dict(scores),
        comments={code: text for code, text in comments.items() if text},
        percent=verdict.percent,
        decision=decision,
        comment=comment,
        texts=plan.texts,
        reviewed_at=now,
    )
    plan.reviews.append(row)
    plan.state, plan.updated_at = PlanState(decision.value), now
    _changed(session, plan, now)
    session.flush()
    record(
        session,
        actor_id=actor.person_id,
        action="lesson_planning.review",
        subject=("lesson_plan", plan.id),
        concerns=plan.person_id,
        now=now,
        after={
            "percent": str(verdict.percent),
            "descriptors": descriptors_met(scores),
            "decision": decision.value,
        },
    )
    return row


def _held(session: Session, plan_id: int) -> LessonPlan:
    """The plan, locked until the end of the transaction: its state cannot move while it is written or reviewed."""
    plan = session.get(LessonPlan, plan_id, with_for_update=True)
    if plan is None:
        raise errors.gone()
    return plan


def _own(session: Session, plan_id: int, actor: Actor) -> LessonPlan:
    plan = _held(session, plan_id)
    if plan.person_id != actor.person_id:
        raise errors.not_yours()
    return plan


def _writable(session: Session, plan_id: int, actor: Actor) -> LessonPlan:
    plan = _own(session, plan_id, actor)
    if plan.state not in WRITABLE:
        raise errors.locked()
    return plan


def _move(session: Session, plan: LessonPlan, state: PlanState, now: datetime) -> None:
    plan.state, plan.version, plan.updated_at = state, plan.version + 1, now
    _changed(session, plan, now)


def _refuse_too_many(session: Session, at: Workplace, actor: Actor) -> None:
    query = select(func.count()).select_from(LessonPlan)
    query = query.where(LessonPlan.programme_id == at.programme_id, LessonPlan.person_id == actor.person_id)
    if (session.scalar(query) or 0) >= MOST_PLANS:
        raise errors.too_many(MOST_PLANS)


def _changed(session: Session, plan: LessonPlan, now: datetime) -> None:
    payload = {"programme_id": plan.programme_id, "school_id": plan.school_id, "plan_id": plan.id}
    emit(session, Fact(CHANGED, now, payload))
