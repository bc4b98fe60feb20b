"""How the pages of cards and reviews are put together from what is stored and what was typed."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from imbas_hots_assessment import api, errors, queries
from imbas_hots_assessment.frameworks import formats, levels
from imbas_hots_assessment.models import Card
from imbas_hots_assessment.rules import (
    CARD_PARTS,
    ROW_PARTS,
    WANTED_CARDS,
    WANTED_HIGH,
    option_lines,
)
from imbas_hots_assessment.stimulus import table_of
from lms.api import (
    Form,
    Rubric,
    Workplace,
    current_actor,
    db,
    may,
    names,
    now,
    registry,
    signers,
    work_links,
    workplace,
)

VIEW = "hots_assessment.view"
CREATE = "hots_assessment.create"
WRITE = "hots_assessment.write"
REVIEW = "hots_assessment.review"


def board_page(programme_id: int, school_id: int, number: int) -> str:
    """One's own blueprint and cards, and what colleagues have shared."""
    session, actor = db.session(), current_actor()
    at = workplace(session, programme_id=programme_id, school_id=school_id)
    may_create = may(CREATE, at.place)
    blueprint = api.blueprint_of(session, at=at, person_id=actor.person_id) if may_create else None
    own = queries.lines_of(blueprint)
    shared, has_more = queries.shared_cards(session, at=at, without_person=actor.person_id, number=number)
    return render_template(
        "hots_assessment/board.html",
        at=at,
        blueprint=blueprint,
        own=own,
        share=queries.share_of(own),
        shared=shared,
        writers=names(session, [line.card.blueprint.person_id for line in shared]),
        number=number,
        has_more=has_more,
        may_create=may_create and not at.closed,
        is_writer=may_create,
        may_review=may(REVIEW, at.place) and not at.closed,
        wanted=(WANTED_CARDS, WANTED_HIGH),
        related=work_links(session, at=at, module_key="hots_assessment", actor=actor),
        **words(),
    )


def head_page(at: Workplace, form: Form) -> str:
    """The form of the blueprint's head."""
    stored = None
    if form.conflict:
        stored = api.blueprint_of(db.session(), at=at, person_id=current_actor().person_id)
        form.values["version"] = str(stored.version if stored else 0)
    return render_template("hots_assessment/head.html", at=at, form=form, stored=stored)


def card_form_page(at: Workplace, form: Form, card_id: int | None) -> str:
    """The form of a card: its row of the blueprint, then the card itself."""
    card = api.find_card(db.session(), card_id) if card_id is not None else None
    stored = None
    if card is not None and form.conflict and form.version != card.version:
        stored = api.parts_of(card)
        form.values["version"] = str(card.version)
    return render_template(
        "hots_assessment/card_form.html",
        at=at,
        form=form,
        card=card,
        stored=stored,
        level_options=_level_options(),
        format_options=_format_options(),
        **words(),
    )


def card_page(card_id: int, picture_form: Form | None = None) -> str:
    """A card as it is printed, and what reviewers found; ``picture_form``: a picture that was refused."""
    session, actor = db.session(), current_actor()
    card = api.readable_card(session, card_id=card_id, actor=actor)
    at = api.workplace_of(session, card)
    form = picture_form or Form({"alt": card.picture_alt})
    form.values["version"] = str(card.version)
    own = card.blueprint.person_id == actor.person_id
    return render_template(
        "hots_assessment/card.html",
        at=at,
        line=queries.line_of(card),
        card=card,
        picture_form=form,
        own=own,
        may_write=own and may(WRITE, api.place_of_card(session, card_id)) and not at.closed,
        may_review=not own and card.shared and may(REVIEW, at.place) and not at.closed,
        writer=_people(card).get(card.blueprint.person_id, ""),
        people=_people(card),
        checklists={row.id: _checklist(row.rubric_key, row.rubric_version) for row in card.reviews},
        **words(),
    )


def review_page(card: Card, form: Form, rubric: Rubric, scores: Mapping[str, Any]) -> str:
    """The checklist beside the card."""
    if form.conflict:
        form.values["version"] = str(card.version)
    return render_template(
        "hots_assessment/review.html",
        at=api.workplace_of(db.session(), card),
        card=card,
        form=form,
        rubric=rubric,
        groups=[(name, tuple(rules)) for name, rules in groupby(rubric.criteria, lambda rule: rule.group)],
        scores=scores,
        writer=_people(card).get(card.blueprint.person_id, ""),
        **words(),
    )


def print_page(at: Workplace, person_id: int) -> str:
    """A teacher's blueprint and cards for paper; other readers get what is shared."""
    session, actor = db.session(), current_actor()
    own = person_id == actor.person_id
    blueprint = api.blueprint_of(session, at=at, person_id=person_id)
    lines = [line for line in queries.lines_of(blueprint) if own or line.card.shared]
    if blueprint is None or not (own or lines):
        raise errors.gone()
    reviewers = {row.reviewer_id for line in lines for row in line.card.reviews if row.reviewer_id}
    return render_template(
        "hots_assessment/print.html",
        at=at,
        blueprint=blueprint,
        entries=lines,
        share=queries.share_of(lines),
        used=_formats_of(lines),
        people=names(session, {person_id, *reviewers}),
        signers=signers(session, school_id=at.school_id, writer_id=person_id, now=now()),
        **words(),
    )


def _formats_of(lines: Sequence[queries.CardLine]) -> list[str]:
    """The formats that a set uses, each once, in their own order."""
    used = {line.card.format for line in lines}
    return [title.in_(str(get_locale())) for key, title in formats().items() if key in used]


def words() -> dict[str, Any]:
    """Names of parts, levels, formats and decisions, for every template of cards."""
    return {
        "levels": levels(),
        "formats": formats(),
        "row_parts": ROW_PARTS,
        "card_parts": CARD_PARTS,
        "option_lines": option_lines,
        "table_of": table_of,
        "part_names": {
            "competence": _("KD atau CP"),
            "material": _("Materi"),
            "indicator": _("Indikator soal"),
            "bloom": _("Level berpikir"),
            "format": _("Bentuk soal"),
            "source": _("Sumber stimulus"),
            "stimulus": _("Stimulus"),
            "stimulus_table": _("Tabel stimulus"),
            "stem": _("Pokok soal"),
            "options": _("Pilihan atau baris"),
            "answer_key": _("Kunci"),
            "guide": _("Pedoman penskoran"),
            "reason": _("Alasan level"),
        },
        "decisions": {"use": _("Dipakai"), "improve": _("Perbaiki"), "replace": _("Ganti")},
        "state_words": {
            "draft": "draft",
            "waiting": "waiting",
            "use": "accepted",
            "improve": "needs_revision",
            "replace": "rejected",
        },
        "state_texts": {
            "draft": "",
            "waiting": _("Menunggu telaah"),
            "use": _("Dipakai"),
            "improve": _("Perbaiki"),
            "replace": _("Ganti"),
        },
    }


def _checklist(key: str, version: str) -> Rubric | None:
    """The checklist that a stored review used; None when it is no longer published."""
    try:
        return registry().rubric(key, version)
    except KeyError:
        return None


def _people(card: Card) -> dict[int, str]:
    reviewers = {row.reviewer_id for row in card.reviews if row.reviewer_id is not None}
    return names(db.session(), {card.blueprint.person_id, *reviewers})


def _level_options() -> list[tuple[str, str]]:
    language = str(get_locale())
    found = [
        (code, f"{code} {level.title.in_(language)} ({level.group})") for code, level in levels().items()
    ]
    return [("", _("Pilih level")), *found]


def _format_options() -> list[tuple[str, str]]:
    language = str(get_locale())
    return [("", _("Pilih bentuk")), *((code, text.in_(language)) for code, text in formats().items())]
