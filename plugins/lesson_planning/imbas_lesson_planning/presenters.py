"""How the pages of this plugin are put together from what is stored and what was typed."""

from typing import Any

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from imbas_lesson_planning import api, forms, queries
from imbas_lesson_planning.catalogue import Kind, PlanPart, kinds, kinds_of, tag_groups
from imbas_lesson_planning.models import LessonPlan
from imbas_lesson_planning.rules import (
    WRITABLE,
    PlanState,
    descriptors_met,
    says_something,
    school_year_start,
    weighted_points,
)
from lms.api import (
    Form,
    Workplace,
    criterion_outcomes,
    current_actor,
    db,
    may,
    names,
    now,
    parse_int,
    registry,
    signers,
    work_links,
)

PAGE = 50
VIEW, CREATE, WRITE, REVIEW = (f"lesson_planning.{verb}" for verb in ("view", "create", "write", "review"))


def board_page(at: Workplace, form: Form, number: int = 1) -> str:
    """Own plans and, for who may read them, the plans that colleagues handed in."""
    session, actor = db.session(), current_actor()
    key = {"programme_id": at.programme_id, "school_id": at.school_id}
    own = queries.own_plans(session, **key, person_id=actor.person_id)
    reads_all = may(VIEW, at.place)
    found = (
        queries.school_plans(session, **key, limit=PAGE + 1, offset=(number - 1) * PAGE) if reads_all else []
    )
    return render_template(
        "lesson_planning/board.html",
        at=at,
        form=form,
        own=own,
        colleagues=found[:PAGE],
        has_more=len(found) > PAGE,
        number=number,
        writers=names(session, [line.person_id for line in found]),
        waiting=queries.waiting_count(session, **key) if may(REVIEW, at.place) else 0,
        reads_all=reads_all,
        may_create=may(CREATE, at.place) and not at.closed,
        kinds=kinds(),
        kind_options=_kind_options(at),
        related=work_links(session, at=at, module_key="lesson_planning", actor=current_actor()),
    )


def plan_page(plan_id: int, *, paper: bool = False) -> str:
    """A plan with what is missing and its reviews, for the screen or for paper."""
    session = db.session()
    plan = api.find_plan(session, plan_id)
    at = api.workplace_of(session, plan)
    place = api.place_of_plan(session, plan_id)
    kind = kinds()[plan.kind]
    parts, groups = api.missing(session, plan)
    open_for_work = not at.closed
    people = names(session, [plan.person_id, *(row.reviewer_id for row in plan.reviews if row.reviewer_id)])
    return render_template(
        f"lesson_planning/{'print' if paper else 'plan'}.html",
        plan=plan,
        at=at,
        signers=signers(session, school_id=at.school_id, writer_id=plan.person_id, now=now())
        if paper
        else None,
        kind=kind,
        kinds=kinds(),
        kind_options=_kind_options(at),
        texts=plan.texts,
        written={part.key for part in kind.parts if _written(plan, part)},
        missing_parts=[part for part in kind.parts if part.key in parts],
        missing_groups=[tag_groups()[key] for key in groups],
        chosen=_chosen_tags(plan, kind, at),
        people=people,
        related=work_links(session, at=at, module_key="lesson_planning", actor=current_actor())
        if plan.person_id == current_actor().person_id
        else (),
        reviews=[_review_view(row) for row in reversed(plan.reviews)],
        may_write=open_for_work and may(WRITE, place) and plan.state in WRITABLE,
        may_withdraw=open_for_work and may(WRITE, place) and plan.state is PlanState.IN_REVIEW,
        may_copy=open_for_work and may(CREATE, at.place),
        may_review=open_for_work
        and plan.state is PlanState.IN_REVIEW
        and plan.person_id != current_actor().person_id
        and may(REVIEW, place),
    )


def part_page(plan: LessonPlan, part: PlanPart, form: Form) -> str:
    """The form of one part, with where it stands among the others."""
    stored = None
    if form.conflict:
        stored = next((row for row in plan.parts if row.key == part.key), None)
        form.values["version"] = str(stored.version if stored else 0)
    kind = kinds()[plan.kind]
    index = kind.parts.index(part)
    return render_template(
        "lesson_planning/part.html",
        plan=plan,
        kind=kind,
        part=part,
        form=form,
        stored=stored,
        number=index + 1,
        before=kind.parts[index - 1] if index else None,
        after=kind.parts[index + 1] if index + 1 < len(kind.parts) else None,
    )


def heading_page(plan: LessonPlan, form: Form) -> str:
    """The form of title and tags."""
    stored = None
    if form.conflict:
        stored = plan
        form.values["version"] = str(plan.version)
    at = api.workplace_of(db.session(), plan)
    year = school_year_start(at.school_year)
    groups = [tag_groups()[key] for key in kinds()[plan.kind].groups]
    return render_template(
        "lesson_planning/heading.html",
        plan=plan,
        form=form,
        stored=stored,
        groups=[(group, tags) for group in groups if (tags := group.tags_of(year))],
    )


def review_page(plan: LessonPlan, form: Form) -> str:
    """The plan and the rubric side by side."""
    session = db.session()
    kind = kinds()[plan.kind]
    if form.conflict:
        form.values["version"] = str(plan.version)
    last = plan.reviews[-1] if plan.reviews else None
    return render_template(
        "lesson_planning/review.html",
        plan=plan,
        at=api.workplace_of(session, plan),
        kind=kind,
        texts=plan.texts,
        changed={
            part.key
            for part in kind.parts
            if last and last.texts.get(part.key, "") != plan.texts.get(part.key, "")
        },
        last=last,
        rubric=api.rubric_of(kind),
        writer=names(session, [plan.person_id]).get(plan.person_id, ""),
        chosen=_chosen_tags(plan, kind, api.workplace_of(session, plan)),
        form=form,
        scores={
            name.removeprefix("crit-"): [number for text in found if (number := parse_int(text)) is not None]
            for name, found in form.chosen.items()
            if name.startswith("crit-")
        },
    )


def after_part(plan: LessonPlan, part: PlanPart) -> str | None:
    """The key of the next part that is still empty, going round once; None when all is written."""
    parts = kinds()[plan.kind].parts
    index = parts.index(part)
    for other in (*parts[index + 1 :], *parts[:index]):
        if other.required and not _written(plan, other):
            return other.key
    return None


def _written(plan: LessonPlan, part: PlanPart) -> bool:
    return says_something(plan.texts.get(part.key, ""), short=part.short)


def _kind_options(at: Workplace) -> list[tuple[str, str]]:
    known = kinds_of(school_year_start(at.school_year))
    return [(kind.key, kind.title.in_(str(get_locale()))) for kind in known.values()]


def _chosen_tags(plan: LessonPlan, kind: Kind, at: Workplace) -> list[tuple[Any, list[Any]]]:
    year = school_year_start(at.school_year)
    return [
        (group, [tag for tag in group.tags_of(year) if tag.key in plan.tags.get(group.key, ())])
        for group in (tag_groups()[key] for key in kind.groups)
    ]


def _review_view(row: Any) -> dict[str, Any]:
    """A review with its open descriptors by criterion, and the weighted points that its percentage rests on."""
    rubric = registry().rubric(row.rubric_key, row.rubric_version)
    points, most = weighted_points(rubric, row.scores)
    return {
        "row": row,
        "points": points,
        "most": most,
        "weights": "-".join(str(line.weight) for line in rubric.criteria)
        if len({line.weight for line in rubric.criteria}) > 1
        else "",
        "met": descriptors_met(row.scores),
        "all": sum(len(line.parts) for line in rubric.criteria),
        "criteria": [
            {"found": found, "comment": row.comments.get(found.criterion.code, "")}
            for found in criterion_outcomes(rubric, row.scores)
        ],
    }


def title_of_copy(plan: LessonPlan) -> str:
    """A title for a copy, within the longest title."""
    return str(_("%(title)s (salinan)", title=plan.title))[: forms.TITLE]
