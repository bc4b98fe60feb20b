"""The item analysis of a programme's quiz: gathered, computed, kept. Nobody commits here.

It is computed on request and kept, because a province has more answers than a page can wait for.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_hots_assessment import item_statistics
from imbas_hots_assessment.frameworks import band_of
from imbas_hots_assessment.i18n import message
from imbas_hots_assessment.items.rows import sides as rows_and_choices
from imbas_hots_assessment.models import QuizAnalysis
from imbas_hots_assessment.settings import limits_of
from lms.api import (
    Actor,
    Conflict,
    LoadedItem,
    NotFound,
    Place,
    Quiz,
    Role,
    Text,
    current_actor,
    percent,
    place_of_programme,
    place_of_workplace,
    quiz_items,
    quiz_responses,
    quizzes_of_programme,
)

SCHEMES = ("ebel", "arikunto")
Responses = Sequence[Mapping[str, tuple[Any, Decimal | None, Decimal]]]


def place_of_analysis(session: Session, programme_id: int, **_more: Any) -> Place:
    """Where an analysis stands: the programme, seen from a school of it that the actor is assigned to.

    Coaches and graders hold their role in schools, but an analysis belongs to the whole programme.
    Raises NotFound for an unknown programme.
    """
    place = place_of_programme(session, programme_id)
    for grant in current_actor().grants:
        fits = grant.role in (Role.GRADER, Role.FACILITATOR) and grant.programme_id in (None, programme_id)
        if fits and grant.school_id is not None:
            try:
                return place_of_workplace(session, programme_id, grant.school_id)
            except NotFound:
                continue
    return place


def find_quiz(session: Session, *, programme_id: int, quiz_id: int) -> Quiz:
    """A quiz of the programme; raises NotFound."""
    for quiz in quizzes_of_programme(session, programme_id):
        if quiz.id == quiz_id:
            return quiz
    raise NotFound(
        message("Kuis ini tidak ada dalam program. Tidak ada data yang hilang. Kembali ke daftar kuis.")
    )


def stored(session: Session, programme_id: int) -> dict[int, QuizAnalysis]:
    """What was computed for a programme, by quiz id."""
    query = select(QuizAnalysis).where(QuizAnalysis.programme_id == programme_id)
    return {row.quiz_id: row for row in session.scalars(query)}


def compute(session: Session, *, programme_id: int, quiz_id: int) -> dict[str, Any]:
    """Figures of a quiz as JSON values, numbers as text; only reads. Raises NotFound.

    An item with answers that still wait for a person stays out of totals and of alpha.
    """
    find_quiz(session, programme_id=programme_id, quiz_id=quiz_id)
    items, responses = quiz_items(session, quiz_id), quiz_responses(session, quiz_id)
    pending = {item.key: sum(_points(row, item) is None for row in responses) for item in items}
    points = {
        item.key: [earned for row in responses if (earned := _points(row, item)) is not None]
        for item in items
        if not pending[item.key]
    }
    found = item_statistics.analyse(points, {item.key: item.maximum for item in items})
    return {
        "participants": len(responses),
        "group": found.group,
        "alpha": _text(found.alpha),
        "items": [
            _item(item, found.items.get(item.key), pending[item.key], responses, found.sides)
            for item in items
        ],
    }


def store(
    session: Session,
    *,
    programme_id: int,
    quiz_id: int,
    result: Mapping[str, Any],
    actor: Actor | None,
    now: datetime,
) -> QuizAnalysis:
    """Keep what was computed, in place of what was there; raises Conflict when nobody took the quiz."""
    if not result["participants"]:
        raise Conflict(
            message(
                "Belum ada hasil kuis yang dapat dianalisis. Tidak ada yang diubah. "
                "Coba lagi setelah peserta mengerjakannya."
            )
        )
    row = session.get(QuizAnalysis, quiz_id)
    if row is None:
        row = QuizAnalysis(quiz_id=quiz_id, programme_id=programme_id)
        session.add(row)
    row.participants, row.result = result["participants"], dict(result)
    row.computed_at, row.computed_by = now, actor.person_id if actor else None
    session.flush()
    return row


REPORT_COLUMNS = (
    message("Kuis"),
    message("Nomor soal"),
    message("Level berpikir"),
    message("Bentuk soal"),
    message("Pengerjaan"),
    message("Tingkat kesukaran (p)"),
    message("Daya beda (D)"),
    message("Korelasi butir-total terkoreksi"),
    message("Kategori kesukaran"),
    message("Kategori daya beda"),
    message("Pengecoh tidak berfungsi"),
)
"""What ``report_rows`` gives, from left to right."""


def report_rows(session: Session, place: Place) -> Iterator[tuple[Any, ...]]:
    """One line for each item of each analysed quiz of the programme at ``place``."""
    if place.programme_id is None:
        return
    known = stored(session, place.programme_id)
    scarce = limits_of(session, place.programme_id).scarce
    for quiz in quizzes_of_programme(session, place.programme_id):
        row = known.get(quiz.id)
        enough = row is not None and row.participants >= scarce
        for item in row.result["items"] if row else ():
            figures = [number(item[name]) for name in ("difficulty", "discrimination", "correlation")]
            idle = [line["id"] for line in item["options"] if not line["key"] and not line["works"]]
            yield (
                quiz.title,
                item["position"],
                item["bloom"],
                item["type"],
                row.participants if row else 0,
                *figures,
                _label(enough, "difficulty", "general", figures[0]),
                _label(enough, "discrimination", SCHEMES[0], figures[1]),
                ", ".join(idle),
            )


def number(text: str | None) -> Decimal | None:
    """A stored figure."""
    return None if text is None else Decimal(text)


def _label(enough: bool, statistic: str, scheme: str, value: Decimal | None) -> Text | str:
    if not enough or value is None:
        return ""
    return band_of(statistic, scheme, value).label


def _points(row: Mapping[str, tuple[Any, Decimal | None, Decimal]], item: LoadedItem) -> Decimal | None:
    return row[item.key][1] if item.key in row else None


def _item(
    item: LoadedItem,
    figures: item_statistics.ItemFigures | None,
    pending: int,
    responses: Responses,
    sides: item_statistics.Sides,
) -> dict[str, Any]:
    answers = [row[item.key][0] if item.key in row else None for row in responses]
    return {
        "key": item.key,
        "position": item.position,
        "bloom": item.bloom,
        "type": item.type,
        "stem": str(item.body.get("stem", "")),
        "pending": pending,
        "difficulty": _text(figures.difficulty if figures else None),
        "discrimination": _text(figures.discrimination if figures else None),
        "correlation": _text(figures.correlation if figures else None),
        "options": _options(item, answers, sides),
        "rows": _rows(item, answers),
    }


def _options(item: LoadedItem, answers: Sequence[Any], sides: item_statistics.Sides) -> list[dict[str, Any]]:
    texts = {str(entry["id"]): str(entry["text"]) for entry in item.body.get("options") or ()}
    chosen = [_chosen(answer) for answer in answers]
    return [
        {
            "id": line.id,
            "text": texts[line.id],
            "count": line.count,
            "percent": str(line.percent),
            "key": line.is_key,
            "works": line.works,
            "misleads": line.misleads,
        }
        for line in item_statistics.options(chosen, list(texts), _chosen(item.secret.get("key")), sides)
    ]


def _rows(item: LoadedItem, answers: Sequence[Any]) -> list[dict[str, str]]:
    """Of tables and matching: how many put each row right, in percent of all."""
    texts, _choices = rows_and_choices(item.body)
    right = item.secret.get("key")
    if not texts or not isinstance(right, Mapping) or not answers:
        return []
    wanted = {str(row): str(choice) for row, choice in right.items()}
    found = []
    for row, text in texts.items():
        hits = sum(isinstance(answer, Mapping) and answer.get(row) == wanted[row] for answer in answers)
        found.append({"text": text, "percent": str(percent(Decimal(hits), Decimal(len(answers))))})
    return found


def _chosen(answer: Any) -> Collection[str]:
    if answer is None or isinstance(answer, Mapping):
        return ()
    return {answer} if isinstance(answer, str) else {str(entry) for entry in answer}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
