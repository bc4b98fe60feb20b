"""Pages under /m/hots_assessment beside the cards': the head of one's blueprint, and the whole set on paper."""

from collections import Counter
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from imbas_hots_assessment import blueprint
from imbas_hots_assessment.blueprint import ITEM, ROW
from imbas_hots_assessment.documents import CARD, bp
from imbas_hots_assessment.frameworks import formats, levels
from imbas_hots_assessment.i18n import _, message
from imbas_hots_assessment.models import Blueprint
from imbas_hots_assessment.rules import item_numbers
from lms.api import (
    DocumentState,
    Form,
    NotFound,
    Workplace,
    command,
    current_actor,
    db,
    latest_reviews,
    load_documents,
    names,
    now,
    page,
    place_of_workplace,
    saved,
    signers,
    workplace,
    written_parts,
)

SCHOOL = "/<int:programme_id>/<int:school_id>"
CREATE, VIEW = CARD.permissions.create, CARD.permissions.view


@bp.get(f"{SCHOOL}/kisi-kisi")
@page(CREATE, place=place_of_workplace)
def head(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of the blueprint's head."""
    at = workplace(db.session(), programme_id=programme_id, school_id=school_id)
    return _head_page(at, blueprint.head_form(_blueprint(at, current_actor().person_id)))


@bp.post(f"{SCHOOL}/kisi-kisi")
@command(CREATE, place=place_of_workplace, fields=blueprint.HEAD_FIELDS)
def save_head(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Store the blueprint's head."""
    session, form = db.session(), Form.posted(request.form)
    at = workplace(session, programme_id=programme_id, school_id=school_id)

    def save() -> str:
        typed = blueprint.read_head(form)
        form.stop_at_errors()
        blueprint.save_head(
            session, at=at, version=form.version, head=typed, actor=current_actor(), now=now()
        )
        return url_for("hots_assessment.board", programme_id=programme_id, school_id=school_id)

    return saved(form, save, lambda: _head_page(at, form), _("Identitas kisi-kisi tersimpan."))


@bp.get(f"{SCHOOL}/cetak/<int:person_id>")
@page(VIEW, place=place_of_workplace)
def blueprint_paper(programme_id: int, school_id: int, person_id: int) -> ResponseReturnValue:
    """A teacher's blueprint and cards for paper; other readers get what was submitted."""
    session = db.session()
    at = workplace(session, programme_id=programme_id, school_id=school_id)
    own = person_id == current_actor().person_id
    stored, cards = _blueprint(at, person_id), _cards(at, person_id, own)
    if not cards and not (own and stored):
        raise _nothing_to_print()
    reviewers = {row.reviewer_id for card in cards for row in card["reviews"] if row.reviewer_id}
    numbers = Counter(card["number"] for card in cards)
    states = [(card["document"].state, card["content"]) for card in cards]
    used = {card["row"].get("format") for card in cards}
    return render_template(
        "hots_assessment/print.html",
        type=CARD,
        at=at,
        blueprint=stored,
        cards=cards,
        twice=sorted(number for number, count in numbers.items() if count > 1),
        share=blueprint.share_of(states),
        used=[title for key, title in formats().items() if key in used],
        formats=formats(),
        levels=levels(),
        people=names(session, {person_id, *reviewers}),
        person_id=person_id,
        signers=signers(session, school_id=at.school_id, writer_id=person_id, now=now()),
    )


def _cards(at: Workplace, person_id: int, own: bool) -> list[dict[str, Any]]:
    """The cards of a set in the order of their numbers, without those that are to be replaced."""
    found = load_documents(
        db.session(), CARD, programme_id=at.programme_id, school_id=at.school_id, person_id=person_id
    )
    standing = [
        (document, content)
        for document, content in found
        if document.state is not DocumentState.REJECTED and (own or document.submitted_at)
    ]
    wanted = [content.values(ROW).get("number") for _document, content in standing]
    numbers = item_numbers([None if number is None else int(number) for number in wanted])
    cards = [
        {
            "document": document,
            "content": content,
            "number": number,
            "row": content.values(ROW),
            "lines": [
                line
                for entry in written_parts(document, content)
                if entry["part"].key in (ROW, ITEM)
                for row in entry["rows"]
                for line in row["lines"]
            ],
            "reviews": latest_reviews(document),
        }
        for (document, content), number in zip(standing, numbers, strict=True)
    ]
    return sorted(cards, key=lambda card: card["number"])


def _head_page(at: Workplace, form: Form) -> str:
    stored = None
    if form.conflict:
        stored = _blueprint(at, current_actor().person_id)
        form.values["version"] = str(stored.version if stored else 0)
    return render_template("hots_assessment/head.html", at=at, form=form, stored=stored)


def _blueprint(at: Workplace, person_id: int) -> Blueprint | None:
    return blueprint.blueprint_of(
        db.session(), programme_id=at.programme_id, school_id=at.school_id, person_id=person_id
    )


def _nothing_to_print() -> NotFound:
    return NotFound(
        message(
            "Belum ada kisi-kisi atau kartu yang dapat dicetak di sini. Tulisan lain tetap aman. "
            "Kembali ke daftar kartu."
        )
    )
