"""What reviewers found in a card, as tables for its paper: the item review sheet."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from imbas_hots_assessment.i18n import _
from lms.api import (
    NOT_APPLICABLE,
    DocumentContent,
    DocumentTable,
    Rubric,
    find_document,
    format_date,
    latest_reviews,
    locale,
    names,
    percentage,
    registry,
)


def review_sheets(session: Session, document_id: int, _content: DocumentContent) -> tuple[DocumentTable, ...]:
    """A table for each review of the version that was submitted last: who, when, the decision, each rule."""
    card = find_document(session, document_id)
    reviews = latest_reviews(card)
    people = names(session, [row.reviewer_id for row in reviews if row.reviewer_id])
    type_, language = registry().document_types[card.type_key], locale()
    sheets = []
    for row in reviews:
        decision = type_.word_of(row.decision).in_(language)
        head = (
            (_("Penelaah"), people.get(row.reviewer_id or 0, "-")),
            (_("Tanggal"), format_date(row.reviewed_at)),
            (_("Putusan"), f"{decision} ({percentage(row.percent, language, 2)})"),
            (_("Saran"), row.comment or "-"),
        )
        rules = _answers(registry().rubric(row.rubric_key, row.rubric_version), row.scores)
        sheets.append(DocumentTable(_("Lembar telaah butir"), (_("Kaidah"), _("Hasil")), (*head, *rules)))
    return tuple(sheets)


def _answers(rubric: Rubric, scores: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Each rule that was asked, with its answer in words."""
    words = {1: _("Ya"), 0: _("Belum"), NOT_APPLICABLE: _("Tidak berlaku")}
    return tuple(
        (f"{rule.code} {rule.text}", words[scores[rule.code]])
        for rule in rubric.criteria
        if rule.code in scores
    )
