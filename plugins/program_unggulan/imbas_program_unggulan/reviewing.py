"""Use cases of the reviewer of a flagship plan."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from imbas_program_unggulan import api, errors
from imbas_program_unggulan.models import FlagshipPlan, FlagshipReview
from imbas_program_unggulan.rules import PlanState, ReviewDecision, descriptors_met, uncommented
from lms.api import Actor, Rubric, Workplace, compare_and_set, record, registry, rubric_verdict

RUBRIC = "program_unggulan.plan_review"


def rubric() -> Rubric:
    """The newest rubric for reviews of a plan."""
    return registry().rubric(RUBRIC)


def reviewable(session: Session, *, at: Workplace, actor: Actor) -> FlagshipPlan:
    """The plan, when ``actor`` may review it now; raises Conflict, Forbidden for a writer, NotFound."""
    plan = api.get_plan(session, at)
    if any(row.person_id == actor.person_id for row in plan.writers):
        raise errors.own_plan()
    if plan.state is not PlanState.IN_REVIEW:
        raise errors.not_waiting()
    return plan


def review(
    session: Session,
    *,
    at: Workplace,
    version: int,
    scores: Mapping[str, Any],
    comments: Mapping[str, str],
    comment: str,
    decision: ReviewDecision,
    actor: Actor,
    now: datetime,
) -> FlagshipReview:
    """Store a review and move the plan; raises Conflict, Forbidden, Invalid.

    ``scores``: descriptors met by criterion. A plan below the rubric's pass mark is not accepted;
    when a plan goes back, each weak criterion has a comment.
    """
    plan = api.held_plan(session, at)
    reviewable(session, at=at, actor=actor)
    compare_and_set(session, plan, FlagshipPlan.version, seen=version, conflict=errors.moved_on())
    used = rubric()
    verdict = rubric_verdict(used, scores)
    if decision is ReviewDecision.ACCEPTED and not verdict.passed:
        raise errors.below_pass_mark(used.pass_mark)
    silent = uncommented(used, scores, comments)
    if decision is ReviewDecision.NEEDS_REVISION and silent:
        raise errors.comments_needed(silent)
    row = FlagshipReview(
        reviewer_id=actor.person_id,
        rubric_key=used.key,
        rubric_version=used.version,
        scores=dict(scores),
        comments={code: text for code, text in comments.items() if text},
        percent=verdict.percent,
        decision=decision,
        comment=comment,
        content=api.content_of(plan),
        reviewed_at=now,
    )
    plan.reviews.append(row)
    plan.state = PlanState(decision.value)
    plan.updated_at = now
    session.flush()
    record(
        session,
        actor_id=actor.person_id,
        action="program_unggulan.review",
        subject=("flagship_plan", plan.id),
        now=now,
        after={
            "percent": str(verdict.percent),
            "descriptors": descriptors_met(scores),
            "decision": decision.value,
        },
    )
    api.changed(session, plan, now)
    return row
