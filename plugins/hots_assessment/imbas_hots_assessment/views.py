"""Pages under /m/hots_assessment for the writer of cards: board, blueprint head, card, paper."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_hots_assessment import api, forms, reading
from imbas_hots_assessment.blueprint import CARD, SCHOOL, bp
from imbas_hots_assessment.pages import (
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
    Conflict,
    Invalid,
    Workplace,
    command,
    current_actor,
    db,
    may,
    now,
    page,
    place_of_placement,
    place_of_workplace,
    workplace,
    workplaces_of_placement,
)


@bp.get("/<int:placement_id>")
@page("modules.read", place=place_of_placement)
def home(placement_id: int) -> ResponseReturnValue:
    """The workspace of the module: one's own school at once, or the schools to choose from."""
    actor, session = current_actor(), db.session()
    own = {grant.school_id for grant in actor.grants if grant.school_id is not None}
    everywhere = any(grant.school_id is None for grant in actor.grants)
    number = page_number()
    found = workplaces_of_placement(
        session,
        placement_id=placement_id,
        school_ids=None if everywhere else own,
        limit=reading.PAGE + 1,
        offset=(number - 1) * reading.PAGE,
    )
    seen = [entry for entry in found[: reading.PAGE] if may(VIEW, entry.place)]
    if len(seen) == 1 and number == 1 and len(found) == 1 and not may_analyse(seen[0]):
        return redirect(board_url(seen[0]), 303)
    return render_template(
        "hots_assessment/schools.html",
        schools=seen,
        counts=reading.school_counts(session, [(entry.programme_id, entry.school_id) for entry in seen]),
        number=number,
        has_more=len(found) > reading.PAGE,
        placement_id=placement_id,
        programme_id=seen[0].programme_id if seen and may_analyse(seen[0]) else None,
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
    at, form = _at(programme_id, school_id), forms.typed(request.form)

    def save() -> str:
        subject, grade, curriculum, minutes = forms.read_head(form)
        form.stop_at_errors()
        api.save_head(
            db.session(), at=at, version=form.version, subject=subject, grade=grade, curriculum=curriculum,
            minutes=minutes, actor=current_actor(), now=now(),
        )  # fmt: skip
        return board_url(at)

    return saved(form, save, lambda: head_page(at, form), _("Kepala kisi-kisi tersimpan."))


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
    at, form = _at(programme_id, school_id), forms.typed(request.form)

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
    form = forms.typed(request.form)
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
    version = forms.typed(request.form).version
    api.share_card(db.session(), card_id=card_id, version=version, now=now())
    flash(_("Kartu dibagikan. Rekan di sekolah dapat menelaahnya."))
    return redirect(card_url(card_id), 303)


@bp.post(f"{CARD}/hapus")
@command(WRITE, place=api.place_of_card, fields=("version",))
def delete_card(card_id: int) -> ResponseReturnValue:
    """Remove one's own card."""
    at = api.delete_card(db.session(), card_id=card_id, version=forms.typed(request.form).version)
    flash(_("Kartu dihapus."))
    return redirect(board_url(at), 303)


def saved(
    form: forms.Form, save: Callable[[], str], again: Callable[[], str], message: str
) -> ResponseReturnValue:
    """Save and go on; on a fault the same form again, with everything typed still there."""
    try:
        target = save()
    except (Invalid, Conflict) as error:
        form.refuse(error)
        return again(), error.status
    flash(message)
    return redirect(target, 303)


def may_analyse(at: Workplace) -> bool:
    """Whether the reader may see item analyses of the programme, by the school at hand."""
    return may("hots_assessment.analyse", at.place)


def page_number() -> int:
    """The page of a list that is asked for, from 1."""
    return max(request.args.get("hal", 1, type=int), 1)


def board_url(at: Workplace) -> str:
    """The address of a school's board."""
    return url_for("hots_assessment.board", programme_id=at.programme_id, school_id=at.school_id)


def card_url(card_id: int) -> str:
    """The address of a card."""
    return url_for("hots_assessment.card", card_id=card_id)


def _at(programme_id: int, school_id: int) -> Workplace:
    return workplace(db.session(), programme_id=programme_id, school_id=school_id)
