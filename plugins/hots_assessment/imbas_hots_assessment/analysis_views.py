"""Pages under /m/hots_assessment/analisis: the item analysis of a programme's quizzes, without names."""

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_hots_assessment import analysis
from imbas_hots_assessment.documents import bp
from imbas_hots_assessment.frameworks import Band, advice_of, band_of
from imbas_hots_assessment.i18n import _, ngettext
from imbas_hots_assessment.settings import limits_of
from lms.api import (
    Text,
    command,
    current_actor,
    db,
    figure,
    locale,
    now,
    page,
    quizzes_of_programme,
    registry,
    verbatim,
)

ANALYSE = "hots_assessment.analyse"
ANALYSIS = "/analisis/<int:programme_id>"
Figure = tuple[Decimal, Band | None]
"""A figure and its band."""


@bp.get(ANALYSIS)
@page(ANALYSE, place=analysis.place_of_analysis)
def analyses(programme_id: int) -> ResponseReturnValue:
    """The quizzes of a programme and when each was analysed."""
    session = db.session()
    known = analysis.stored(session, programme_id)
    return render_template(
        "hots_assessment/analyses.html",
        programme_id=programme_id,
        quizzes=[
            (quiz.id, quiz.title, known.get(quiz.id)) for quiz in quizzes_of_programme(session, programme_id)
        ],
    )


@bp.get(f"{ANALYSIS}/<int:quiz_id>")
@page(ANALYSE, place=analysis.place_of_analysis)
def quiz_analysis(programme_id: int, quiz_id: int) -> ResponseReturnValue:
    """Difficulty, discrimination, distractors and reliability of one quiz."""
    session = db.session()
    quiz = analysis.find_quiz(session, programme_id=programme_id, quiz_id=quiz_id)
    found = analysis.stored(session, programme_id).get(quiz_id)
    asked = request.args.get("skema", "")
    scheme = asked if asked in analysis.SCHEMES else analysis.SCHEMES[0]
    limits = limits_of(session, programme_id)
    enough = found is not None and found.participants >= limits.scarce
    items = [_item(item, enough, scheme) for item in found.result["items"]] if found else []
    return render_template(
        "hots_assessment/analysis.html",
        programme_id=programme_id,
        quiz=quiz,
        title=quiz.title,
        found=found,
        items=items,
        bars=[_bar(item) for item in items if item["difficulty"] is not None],
        alpha=_figure(enough, "reliability", "general", found.result["alpha"]) if found else None,
        scheme=scheme,
        schemes={"ebel": "Ebel", "arikunto": "Arikunto"},
        scarce=found is not None and not enough,
        few=found is not None and enough and found.participants < limits.few,
        limits=limits,
    )


def _computed(programme_id: int, quiz_id: int) -> dict[str, Any]:
    """Reading thousands of answers is done before the write transaction begins."""
    return analysis.compute(db.session(), programme_id=programme_id, quiz_id=quiz_id)


@bp.post(f"{ANALYSIS}/<int:quiz_id>")
@command(ANALYSE, place=analysis.place_of_analysis, prepare=_computed, when_closed=True)
def compute(result: dict[str, Any], programme_id: int, quiz_id: int) -> ResponseReturnValue:
    """Compute the analysis afresh and keep it."""
    analysis.store(
        db.session(),
        programme_id=programme_id,
        quiz_id=quiz_id,
        result=result,
        actor=current_actor(),
        now=now(),
    )
    flash(
        ngettext(
            "Analisis dihitung dari %(num)s peserta.",
            "Analisis dihitung dari %(num)s peserta.",
            result["participants"],
        )
    )
    return redirect(url_for("hots_assessment.quiz_analysis", programme_id=programme_id, quiz_id=quiz_id), 303)


def _item(item: dict[str, Any], enough: bool, scheme: str) -> dict[str, Any]:
    kind = registry().item_types.get(item["type"])
    difficulty = _figure(enough, "difficulty", "general", item["difficulty"])
    discrimination = _figure(enough, "discrimination", scheme, item["discrimination"])
    return {
        **item,
        "advice": _advice(difficulty, discrimination),
        "format": kind.title if kind else verbatim(item["type"]),
        "difficulty": difficulty,
        "discrimination": discrimination,
        "correlation": analysis.number(item["correlation"]),
        "options": [{**line, "percent": Decimal(line["percent"])} for line in item["options"]],
        "rows": [{**line, "percent": Decimal(line["percent"])} for line in item["rows"]],
    }


def _advice(difficulty: Figure | None, discrimination: Figure | None) -> Text | None:
    """What to do with an item; None while there are too few participants for a band."""
    if difficulty is None or discrimination is None or difficulty[1] is None or discrimination[1] is None:
        return None
    return advice_of(difficulty[1], discrimination[1])


def _figure(enough: bool, statistic: str, scheme: str, text: str | None) -> Figure | None:
    """A figure with its band; without a band while there are not ``enough`` participants."""
    value = analysis.number(text)
    if value is None:
        return None
    return value, band_of(statistic, scheme, value) if enough else None


def _bar(item: dict[str, Any]) -> tuple[str, Decimal, str]:
    """Label, share in percent and text of one bar of the chart of difficulties."""
    language = locale()
    value, band = item["difficulty"]
    text = figure(value, language, 2)
    label = _("Soal %(number)s · %(level)s", number=item["position"], level=item["bloom"])
    return label, value * 100, f"{text} · {band.label.in_(language)}" if band else text
