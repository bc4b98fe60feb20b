"""How the pages of this plugin are put together from what is stored and what was typed."""

from typing import Any

from flask import render_template

from imbas_spmi_documents import api, checklist_answers, queries
from imbas_spmi_documents.frameworks import (
    MONTHS,
    SOURCES,
    bands,
    choices_for_primary_school,
    indicators,
    short_name,
    standard_name,
)
from imbas_spmi_documents.i18n import _
from imbas_spmi_documents.rules import PARTS, STANDARDS, band_of, weakest
from lms.api import (
    Form,
    Workplace,
    current_actor,
    db,
    figure,
    locale,
    may,
    names,
    now,
    rule_params,
    signers,
    work_links,
    workplace,
)

EDIT = "spmi_documents.edit"


def board_page(programme_id: int, school_id: int, *, paper: bool = False) -> str:
    """A school's board, for the screen or for paper."""
    session = db.session()
    at = workplace(session, programme_id=programme_id, school_id=school_id)
    found = queries.board(session, programme_id=programme_id, school_id=school_id)
    rows = _standard_rows(found)
    return render_template(
        f"spmi_documents/{'print' if paper else 'board'}.html",
        at=at,
        board=found,
        wanted=rule_params(session, programme_id=programme_id, key="spmi_documents.mapping_complete"),
        rows=rows,
        signers=signers(session, school_id=at.school_id, now=now()) if paper else None,
        bars=[_bar(row) for row in rows],
        related=work_links(session, at=at, module_key="spmi_documents", actor=current_actor()),
        checklist=None
        if paper
        else checklist_answers.school_total(session, programme_id=programme_id, school_id=school_id),
        weakest=[(entry, standard_name(entry.standard)) for entry in weakest(found.scores)],
        writer=names(session, [found.report.updated_by]).get(found.report.updated_by, "")
        if found.report and found.report.updated_by
        else "",
        may_edit=may(EDIT, at.place) and not at.closed,
        **_words(),
    )


def report_page(at: Workplace, form: Form) -> str:
    """The form of the quality report."""
    stored = None
    if form.conflict:
        stored = queries.board(db.session(), programme_id=at.programme_id, school_id=at.school_id).report
        form.values["version"] = str(stored.version if stored else 0)
    return render_template(
        "spmi_documents/report.html",
        at=at,
        form=form,
        stored={row.standard: row for row in stored.scores} if stored else {},
        standards=[(number, standard_name(number)) for number in STANDARDS],
        bands=bands(),
        statuses=score_words(),
    )


def problem_page(at: Workplace, form: Form, problem_id: int | None) -> str:
    """The form of a mapped problem."""
    stored = None
    if form.conflict and problem_id is not None:
        stored = api.find_problem(db.session(), at=at, problem_id=problem_id)
        form.values["version"] = str(stored.version)
    return render_template(
        "spmi_documents/problem.html",
        at=at,
        form=form,
        problem_id=problem_id,
        stored=stored,
        groups=[
            (standard_name(int(code)), entries) for code, entries in choices_for_primary_school().items()
        ],
        **_words(),
    )


def line_page(at: Workplace, form: Form, problem_id: int, line_id: int | None) -> str:
    """The form of a plan line under the problem that it answers."""
    stored = None
    if form.conflict and line_id is not None:
        stored = api.find_line(db.session(), at=at, line_id=line_id)
        form.values["version"] = str(stored.version)
    return render_template(
        "spmi_documents/line.html",
        at=at,
        form=form,
        problem=api.find_problem(db.session(), at=at, problem_id=problem_id),
        line_id=line_id,
        stored=stored,
        **_words(),
    )


def _standard_rows(found: queries.Board) -> list[dict[str, Any]]:
    entries = {entry.standard: entry for entry in found.scores}
    conditions = {row.standard: row.condition for row in found.report.scores} if found.report else {}
    rows = []
    for number in STANDARDS:
        entry = entries.get(number)
        score = entry.score if entry else None
        rows.append(
            {
                "number": number,
                "name": standard_name(number),
                "status": entry.status.value if entry else "",
                "score": score,
                "band": None if score is None else band_of(score, bands()),
                "share": 0 if score is None else score * 100 / 7,
                "condition": conditions.get(number, ""),
            }
        )
    return rows


def _bar(row: dict[str, Any]) -> tuple[str, Any, str]:
    """Label, share in percent and text of one bar of the chart."""
    language = locale()
    label = f"{row['number']}. {short_name(row['number']).in_(language)}"
    if row["score"] is None:
        return label, 0, score_words().get(row["status"], _("Belum diisi"))
    score = figure(row["score"], language, 2)
    return label, row["share"], f"{score} · {row['band'].label.in_(language)}"


def score_words() -> dict[str, str]:
    """Why a standard has no score, in words."""
    return {"scored": _("Ada skor"), "not_sent": _("Tidak kirim"), "invalid": _("Tidak valid")}


def _words() -> dict[str, Any]:
    language = locale()
    return {
        "indicators": indicators(),
        "sources": SOURCES,
        "source_options": [(key, text.in_(language)) for key, text in SOURCES.items()],
        "months": MONTHS,
        "month_options": [(number, text.in_(language)) for number, text in MONTHS.items()],
        "part_names": {
            "condition": _("Kondisi saat ini"),
            "strength": _("Kekuatan"),
            "weakness": _("Kelemahan"),
            "problem": _("Masalah"),
            "root_cause": _("Akar masalah"),
            "recommendation": _("Rekomendasi"),
        },
        "plan_names": {
            "programme": _("Program (RKJM)"),
            "activity": _("Kegiatan (RKT)"),
            "target": _("Target berangka"),
            "cost": _("Biaya"),
            "source": _("Sumber dana"),
            "month": _("Bulan"),
            "responsible": _("Penanggung jawab"),
        },
        "open_parts": queries.open_parts,
        "open_plan_parts": queries.open_plan_parts,
        "parts": PARTS,
        "statuses": score_words(),
    }
