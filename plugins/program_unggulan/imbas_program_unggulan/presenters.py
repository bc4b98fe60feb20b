"""How the pages of this plugin are put together from what is stored and what was typed."""

from typing import Any

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from imbas_program_unggulan import api, forms, reviewing
from imbas_program_unggulan.models import FlagshipLine, FlagshipPlan
from imbas_program_unggulan.queries import progress_of, weak_roles
from imbas_program_unggulan.rules import CENTRES, PLAN_TEXTS, WRITABLE, PlanState, descriptors_met
from lms.api import (
    Workplace,
    criterion_outcomes,
    current_actor,
    db,
    may,
    names,
    now,
    parse_int,
    percentage,
    registry,
    signers,
    work_links,
)

VIEW, EDIT, HAND_IN, REVIEW = (f"program_unggulan.{verb}" for verb in ("view", "edit", "hand_in", "review"))


def board_page(at: Workplace, *, paper: bool = False) -> str:
    """A school's plan with progress, what is missing and its reviews; for the screen or for paper."""
    session, actor = db.session(), current_actor()
    plan = api.find_plan(session, at)
    open_now = not at.closed
    state = plan.state if plan else PlanState.DRAFT
    writers = [row.person_id for row in plan.writers] if plan else []
    reviewers = [row.reviewer_id for row in plan.reviews if row.reviewer_id] if plan else []
    return render_template(
        f"program_unggulan/{'print' if paper else 'board'}.html",
        at=at,
        plan=plan,
        lines=[_line_view(line) for line in plan.lines] if plan else [],
        bars=_bars(plan),
        signers=signers(session, school_id=at.school_id, now=now()) if paper else None,
        related=work_links(session, at=at, module_key="program_unggulan", actor=actor),
        missing=api.open_texts(plan) if plan else ("code", *PLAN_TEXTS),
        people=names(session, [*writers, *reviewers]),
        reviews=[_review_view(row) for row in reversed(plan.reviews)] if plan else [],
        may_edit=open_now and may(EDIT, at.place) and state in WRITABLE,
        may_measure=open_now and may(EDIT, at.place),
        may_submit=open_now and may(HAND_IN, at.place) and state in WRITABLE,
        may_withdraw=open_now and may(HAND_IN, at.place) and state is PlanState.IN_REVIEW,
        may_review=open_now
        and state is PlanState.IN_REVIEW
        and actor.person_id not in writers
        and may(REVIEW, at.place),
        **_words(),
    )


def plan_page(at: Workplace, form: forms.PlanForm) -> str:
    """The form of the programme as a whole."""
    stored = None
    if form.conflict:
        stored = api.find_plan(db.session(), at)
        form.values["version"] = str(stored.version if stored else 0)
    return render_template("program_unggulan/plan.html", at=at, form=form, stored=stored, **_words())


def line_page(at: Workplace, form: forms.PlanForm, line_id: int | None) -> str:
    """The form of a goal."""
    stored = None
    if form.conflict and line_id is not None:
        stored = api.find_line(db.session(), at=at, line_id=line_id)
        form.values["version"] = str(stored.version)
    return render_template(
        "program_unggulan/line.html", at=at, form=form, line_id=line_id, stored=stored, **_words()
    )


def measure_page(at: Workplace, line_id: int, form: forms.PlanForm) -> str:
    """The measurements of a goal, and the form of a new one."""
    line = api.find_line(db.session(), at=at, line_id=line_id)
    return render_template(
        "program_unggulan/measure.html", at=at, form=form, entry=_line_view(line), **_words()
    )


def review_page(at: Workplace, plan: FlagshipPlan, form: forms.PlanForm) -> str:
    """The plan and the rubric side by side."""
    if form.conflict:
        form.values["version"] = str(plan.version)
    return render_template(
        "program_unggulan/review.html",
        at=at,
        plan=plan,
        lines=[_line_view(line) for line in plan.lines],
        last=plan.reviews[-1] if plan.reviews else None,
        rubric=reviewing.rubric(),
        form=form,
        scores={
            name.removeprefix("crit-"): [number for text in found if (number := parse_int(text)) is not None]
            for name, found in form.chosen.items()
            if name.startswith("crit-")
        },
        **_words(),
    )


def _line_view(line: FlagshipLine) -> dict[str, Any]:
    return {
        "line": line,
        "missing": api.open_parts(line),
        "progress": progress_of(line),
        "last": line.measures[-1] if line.measures else None,
        "weak": weak_roles(line),
    }


def _bars(plan: FlagshipPlan | None) -> list[tuple[str, Any, str]]:
    """Label, share in percent (0..100) and text of each goal that was measured."""
    bars = []
    for line in plan.lines if plan else ():
        share = progress_of(line)
        if share is not None:
            bars.append((line.goal, max(share, 0), percentage(share, str(get_locale()), 0)))
    return bars


def _review_view(row: Any) -> dict[str, Any]:
    """A review with its open descriptors by criterion."""
    rubric = registry().rubric(row.rubric_key, row.rubric_version)
    return {
        "row": row,
        "met": descriptors_met(row.scores),
        "all": sum(len(line.parts) for line in rubric.criteria),
        "criteria": [
            {"found": found, "comment": row.comments.get(found.criterion.code, "")}
            for found in criterion_outcomes(rubric, row.scores)
        ],
    }


def _words() -> dict[str, Any]:
    return {
        "centres": CENTRES,
        "plan_names": {
            "name": _("Nama program"),
            "code": _("Kode indikator"),
            "problem": _("Masalah yang dijawab"),
            "reason": _("Dasar pemilihan"),
            "responsible": _("Penanggung jawab"),
            "budget": _("Baris RKAS"),
            "risk": _("Risiko dan pencegahan"),
            "sustainability": _("Cara berlanjut"),
        },
        "part_names": {
            "goal": _("Sasaran"),
            "unit": _("Satuan"),
            "baseline": _("Data awal"),
            "baseline_on": _("Tanggal data awal"),
            "target": _("Target"),
            "starts_on": _("Mulai"),
            "ends_on": _("Sampai"),
            "method": _("Cara mengukur"),
            "role_school": _("Peran sekolah"),
            "role_family": _("Peran keluarga"),
            "role_community": _("Peran masyarakat"),
        },
    }
