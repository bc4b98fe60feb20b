"""Pages under /m/hots_assessment for the writer of cards: board, blueprint head, card, paper."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_hots_assessment import api, forms, queries
from imbas_hots_assessment.blueprint import CARD, SCHOOL, bp
from imbas_hots_assessment.presenters import (
    CREATE,
    VIEW,
    WRITE,
    board_page,
    card_form_page,
    card_page,
    head_page,
    print_page,
)
from lms.api import (
    Form,
    Workplace,
    command,
    current_actor,
    db,
    may,
    now,
    page,
    page_number,
    place_of_placement,
    place_of_workplace,
    saved,
    school_choice,
    workplace,
)


@bp.get("/<int:placement_id>")
@page("modules.read", place=place_of_placement)
def home(placement_id: int) -> ResponseReturnValue:
    """The workspace of the module: one's own school at once, or the schools to choose from."""
    choice = school_choice(placement_id, VIEW)
    analyses = bool(choice.schools) and may_analyse(choice.schools[0])
    if choice.only and not analyses:
        return redirect(board_url(choice.only), 303)
    counts = queries.school_counts(db.session(), [(at.programme_id, at.school_id) for at in choice.schools])
    return render_template(
        "hots_assessment/schools.html",
        choice=choice,
        counts=counts,
        placement_id=placement_id,
        programme_id=choice.schools[0].programme_id if analyses else None,
    )


@bp.get(SCHOOL)
@page(VIEW, place=place_of_workplace)
def board(programme_id: int, school_id: int) -> ResponseReturnValue:
    """One's own blueprint and cards, and what colleagues have shared."""
    return board_page(programme_id, school_id, page_number())


@bp.get(f"{SCHOOL}/cetak/<int:person_id>")
@page(VIEW, place=place_of_workplace)
def printable(programme_id: int, school_id: int, person_id: int) -> ResponseReturnValue:
    """A teacher's blueprint and cards for paper."""
    return print_page(_at(programme_id, school_id), person_id)


@bp.get(f"{SCHOOL}/kisi-kisi")
@page(CREATE, place=place_of_workplace)
def head(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of the blueprint's head."""
    at = _at(programme_id, school_id)
    stored = api.blueprint_of(db.session(), at=at, person_id=current_actor().person_id)
    return head_page(at, forms.head_form(stored))


@bp.post(f"{SCHOOL}/kisi-kisi")
@command(CREATE, place=place_of_workplace, fields=forms.HEAD_FIELDS)
def save_head(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Store the blueprint's head."""
    at, form = _at(programme_id, school_id), Form.posted(request.form)

    def save() -> str:
        subject, grade, curriculum, minutes = forms.read_head(form)
        form.stop_at_errors()
        api.save_head(
            db.session(),
            at=at,
            version=form.version,
            subject=subject,
            grade=grade,
            curriculum=curriculum,
            minutes=minutes,
            actor=current_actor(),
            now=now(),
        )
        return board_url(at)

    return saved(form, save, lambda: head_page(at, form), _("Identitas kisi-kisi tersimpan."))


@bp.get(f"{SCHOOL}/kartu")
@page(CREATE, place=place_of_workplace)
def new_card(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The form of a new card with the next free number."""
    at = _at(programme_id, school_id)
    stored = api.blueprint_of(db.session(), at=at, person_id=current_actor().person_id)
    last = max((card.number for card in stored.cards), default=0) if stored else 0
    return card_form_page(at, forms.card_form(None, min(last + 1, 99)), None)


@bp.post(f"{SCHOOL}/kartu")
@command(CREATE, place=place_of_workplace, fields=forms.CARD_FIELDS)
def create_card(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Begin a card."""
    at, form = _at(programme_id, school_id), Form.posted(request.form)

    def save() -> str:
        fields = forms.read_card(form)
        form.stop_at_errors()
        return card_url(
            api.create_card(db.session(), at=at, fields=fields, actor=current_actor(), now=now()).id
        )

    return saved(form, save, lambda: card_form_page(at, form, None), _("Kartu tersimpan."))


@bp.get(CARD)
@page(VIEW, place=api.place_of_card)
def card(card_id: int) -> ResponseReturnValue:
    """A card, and what reviewers found."""
    return card_page(card_id)


@bp.get(f"{CARD}/ubah")
@page(WRITE, place=api.place_of_card)
def edit_card(card_id: int) -> ResponseReturnValue:
    """The form of one's own card."""
    found = api.find_card(db.session(), card_id)
    return card_form_page(api.workplace_of(db.session(), found), forms.card_form(found), card_id)


@bp.post(f"{CARD}/ubah")
@command(WRITE, place=api.place_of_card, fields=forms.CARD_FIELDS)
def save_card(card_id: int) -> ResponseReturnValue:
    """Store one's own card."""
    form = Form.posted(request.form)
    at = api.workplace_of(db.session(), api.find_card(db.session(), card_id))

    def save() -> str:
        fields = forms.read_card(form)
        form.stop_at_errors()
        api.save_card(db.session(), card_id=card_id, version=form.version, fields=fields, now=now())
        return card_url(card_id)

    return saved(form, save, lambda: card_form_page(at, form, card_id), _("Kartu tersimpan."))


@bp.post(f"{CARD}/bagikan")
@command(WRITE, place=api.place_of_card, fields=("version",))
def share_card(card_id: int) -> ResponseReturnValue:
    """Show a complete card to colleagues."""
    version = Form.posted(request.form).version
    api.share_card(db.session(), card_id=card_id, version=version, now=now())
    flash(_("Kartu dibagikan. Rekan di sekolah dapat menelaahnya."))
    return redirect(card_url(card_id), 303)


@bp.post(f"{CARD}/hapus")
@command(WRITE, place=api.place_of_card, fields=("version",))
def delete_card(card_id: int) -> ResponseReturnValue:
    """Remove one's own card."""
    at = api.delete_card(db.session(), card_id=card_id, version=Form.posted(request.form).version)
    flash(_("Kartu dihapus."))
    return redirect(board_url(at), 303)


def may_analyse(at: Workplace) -> bool:
    """Whether the reader may see item analyses of the programme, by the school at hand."""
    return may("hots_assessment.analyse", at.place)


def board_url(at: Workplace) -> str:
    """The address of a school's board."""
    return url_for("hots_assessment.board", programme_id=at.programme_id, school_id=at.school_id)


def card_url(card_id: int) -> str:
    """The address of a card."""
    return url_for("hots_assessment.card", card_id=card_id)


def _at(programme_id: int, school_id: int) -> Workplace:
    return workplace(db.session(), programme_id=programme_id, school_id=school_id)
