"""Pages under /m/hots_assessment for the reviewer of a card: the checklist and the decision."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_hots_assessment import api, forms
from imbas_hots_assessment.blueprint import CARD, bp
from imbas_hots_assessment.presenters import REVIEW, review_page
from imbas_hots_assessment.views import card_url
from lms.api import Form, command, current_actor, db, now, page, parse_rubric, saved


@bp.get(f"{CARD}/telaah")
@page(REVIEW, place=api.place_of_card)
def review(card_id: int) -> ResponseReturnValue:
    """The checklist beside the card, with one's own answers when there are some."""
    actor = current_actor()
    card = api.reviewable_card(db.session(), card_id=card_id, actor=actor)
    before = api.own_review(card, actor.person_id)
    return review_page(
        card, forms.review_form(card, before), api.checklist_of(card), before.scores if before else {}
    )


@bp.post(f"{CARD}/telaah")
@command(REVIEW, place=api.place_of_card, fields=("version", "decision", "comment", "crit-*"))
def save_review(card_id: int) -> ResponseReturnValue:
    """Store a review of the card as it was read."""
    session, actor, form = db.session(), current_actor(), Form.posted(request.form)
    card = api.reviewable_card(session, card_id=card_id, actor=actor)
    rubric = api.checklist_of(card)
    scores, missing = parse_rubric(rubric, request.form.to_dict(flat=False))

    def save() -> str:
        decision, comment = forms.read_decision(form, missing)
        api.review_card(
            session,
            card_id=card_id,
            version=form.version,
            scores=scores,
            decision=decision,
            comment=comment,
            actor=actor,
            now=now(),
        )
        return card_url(card_id)

    return saved(form, save, lambda: review_page(card, form, rubric, scores), _("Telaah tersimpan."))
