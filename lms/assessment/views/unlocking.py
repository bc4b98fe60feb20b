"""The admin opens the marks of a final result; the participant's receipt says which."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.assessment import api, mark_lock
from lms.assessment.mark_lock import attempt_by_receipt
from lms.contract.errors import Conflict, ImbasError, Invalid, NotFound
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes import api as programmes
from lms.web.form import field_text
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page

bp = Blueprint("unlocking", __name__, template_folder="../templates", url_prefix="/kuis")
ADDRESS = "/buka-kunci/<int:programme_id>"


@bp.get(ADDRESS)
@page("assessment.unlock", place=programmes.place_of_programme)
def locked(programme_id: int) -> ResponseReturnValue:
    """Find a result by its receipt."""
    try:
        return _page(programme_id, request.args.get("tanda", "")[:40], None)
    except NotFound as missing:
        return _page(programme_id, "", missing), missing.status


@bp.post(ADDRESS)
@command("assessment.unlock", place=programmes.place_of_programme, fields=("tanda", "reason"))
def unlock(programme_id: int) -> ResponseReturnValue:
    """Take its marks back, with a reason."""
    receipt = request.form.get("tanda", "")[:40]
    try:
        attempt = attempt_by_receipt(db.session(), programme_id=programme_id, receipt=receipt)
        mark_lock.unlock(
            db.session(),
            attempt_id=attempt.id,
            reason=field_text("reason", 500),
            actor_id=current_actor().person_id,
            now=now(),
        )
    except NotFound as missing:
        return _page(programme_id, "", missing), 422
    except (Invalid, Conflict) as refusal:
        return _page(programme_id, receipt, refusal), refusal.status
    flash(_("Nilai uraian dibuka lagi. Peserta dan penilai melihat bahwa ini dinilai ulang."), "ok")
    return redirect(url_for("unlocking.locked", programme_id=programme_id), 303)


def _page(programme_id: int, receipt: str, refusal: ImbasError | None) -> str:
    session = db.session()
    attempt = attempt_by_receipt(session, programme_id=programme_id, receipt=receipt) if receipt else None
    return render_template(
        "assessment/unlock.html",
        programme=programmes.get_programme(session, programme_id),
        attempt=attempt,
        receipt=receipt or request.values.get("tanda", ""),
        error=refusal.text.in_(locale()) if refusal else "",
        title=api.title_of(session, attempt.id) if attempt else None,
        name=people.names(session, [attempt.person_id]).get(attempt.person_id, "") if attempt else "",
        marked=bool(
            attempt and attempt.state == api.AttemptState.SCORED and api.marks_of(session, attempt.id)
        ),
        typed=request.form.get("reason", ""),
    )
