"""The picture of a card's stimulus under /m/hots_assessment: shown, sent, taken off."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_hots_assessment import api, errors, forms
from imbas_hots_assessment.blueprint import CARD, bp
from imbas_hots_assessment.presenters import VIEW, WRITE, card_page
from imbas_hots_assessment.views import card_url
from lms.api import (
    Form,
    Invalid,
    command,
    current_actor,
    db,
    keep_photo,
    now,
    page,
    saved,
    serve_file,
)


@bp.get(f"{CARD}/gambar")
@page(VIEW, place=api.place_of_card)
def picture(card_id: int) -> ResponseReturnValue:
    """The picture, for whoever may read the card."""
    card = api.readable_card(db.session(), card_id=card_id, actor=current_actor())
    if not card.picture_key:
        raise errors.gone()
    return serve_file(card.picture_key, media_type="image/jpeg", name=f"kartu-{card.number}.jpg", inline=True)


def _kept(card_id: int) -> str | Invalid:
    """The storage key of the picture that was sent, or why it cannot be used; before the transaction."""
    del card_id
    upload = request.files.get("picture")
    if upload is None or not upload.filename:
        return errors.no_picture()
    try:
        return keep_photo(upload.filename, upload.stream)  # type: ignore[arg-type]
    except Invalid as error:
        return Invalid.at("picture", error.text)


@bp.post(f"{CARD}/gambar")
@command(WRITE, place=api.place_of_card, fields=("version", "alt"), files=("picture",), prepare=_kept)
def save_picture(kept: str | Invalid, card_id: int) -> ResponseReturnValue:
    """Put a picture on one's own card, in place of the former one."""
    form = Form.posted(request.form)

    def save() -> str:
        alt = forms.read_picture_alt(form)
        if isinstance(kept, Invalid):
            form.errors |= kept.fields
            raise kept
        form.stop_at_errors()
        api.set_picture(db.session(), card_id=card_id, version=form.version, key=kept, alt=alt, now=now())
        return card_url(card_id)

    return saved(form, save, lambda: card_page(card_id, form), _("Gambar tersimpan."))


@bp.post(f"{CARD}/gambar/hapus")
@command(WRITE, place=api.place_of_card, fields=("version",))
def remove_picture(card_id: int) -> ResponseReturnValue:
    """Take the picture off one's own card."""
    version = Form.posted(request.form).version
    api.set_picture(db.session(), card_id=card_id, version=version, key="", alt="", now=now())
    flash(_("Gambar dihapus."))
    return redirect(card_url(card_id), 303)
