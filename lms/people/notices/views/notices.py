"""The page of notices: opened, read, unread again; and whether they come by e-mail, too."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Invalid
from lms.people.blueprint import bp
from lms.people.notices import mail_choice, notifying
from lms.people.notices.letters import sentence
from lms.people.notices.models import MailChoice
from lms.people.notices.tasks import mailer
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import Form
from lms.web.i18n import gettext as _
from lms.web.i18n import locale, zone
from lms.web.paging import page_number
from lms.web.routing import SIGNED_IN, command, current_actor, page


@bp.get("/pemberitahuan")
@page(SIGNED_IN)
def notices() -> ResponseReturnValue:
    """What I was told, the newest first."""
    number = page_number()
    rows, has_more = notifying.notices_of(db.session(), current_actor().person_id, page=number)
    return render_template(
        "people/notices.html",
        rows=[(row, sentence(row, locale(), zone())) for row in rows],
        number=number,
        has_more=has_more,
        unread=g.get("unread", 0),
        by_mail=mailer() is not None,
    )


@bp.post("/pemberitahuan/<int64:notice_id>/buka")
@command(SIGNED_IN)
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Read it, and go where it leads."""
    row = notifying.set_read(
        db.session(), notice_id=notice_id, person_id=current_actor().person_id, read_at=now()
    )
    return redirect(row.href, 303)


@bp.post("/pemberitahuan/<int64:notice_id>")
@command(SIGNED_IN, fields=("go",))
def mark_notice(notice_id: int) -> ResponseReturnValue:
    """Mark it as read, or take that back."""
    read_at = None if request.form.get("go") == "unread" else now()
    notifying.set_read(
        db.session(), notice_id=notice_id, person_id=current_actor().person_id, read_at=read_at
    )
    return redirect(url_for("people.notices"), 303)


@bp.post("/pemberitahuan")
@command(SIGNED_IN)
def read_all_notices() -> ResponseReturnValue:
    """Mark all as read."""
    notifying.read_all(db.session(), person_id=current_actor().person_id, now=now())
    flash(_("Semua ditandai sudah dibaca."), "ok")
    return redirect(url_for("people.notices"), 303)


@bp.get("/pemberitahuan/surel")
@page(SIGNED_IN)
def mail_settings() -> ResponseReturnValue:
    """Whether a letter a day is wanted, and where."""
    return _mail_page(Form({}))


@bp.post("/pemberitahuan/surel")
@command(SIGNED_IN, fields=("email", "daily"))
def save_mail_settings() -> ResponseReturnValue:
    """Keep the choice."""
    form = Form.posted(request.form)
    try:
        mail_choice.choose(
            db.session(),
            person_id=current_actor().person_id,
            email=form.text("email", mail_choice.LONGEST),
            daily="daily" in request.form,
            now=now(),
        )
    except Invalid as error:
        form.refuse(error)
        return _mail_page(form), error.status
    flash(_("Pilihan email sudah tersimpan."), "ok")
    return redirect(url_for("people.mail_settings"), 303)


@bp.get("/pemberitahuan/surel/<token>")
@page(SIGNED_IN)
def ask_address(token: str) -> ResponseReturnValue:
    """The link of the letter: a program that only looks at links confirms nothing."""
    choice = db.session.get(MailChoice, current_actor().person_id)
    return render_template("people/confirm_address.html", token=token, email=choice.email if choice else "")


@bp.post("/pemberitahuan/surel/<token>")
@command(SIGNED_IN)
def confirm_address(token: str) -> ResponseReturnValue:
    """Say that the address is mine."""
    wanted = mail_choice.confirm(db.session(), token=token, person_id=current_actor().person_id, now=now())
    flash(
        _("Alamat email sudah dikonfirmasi. Surat harian dikirim bila ada yang baru.")
        if wanted
        else _("Alamat email sudah dikonfirmasi. Surat harian belum dipilih."),
        "ok",
    )
    return redirect(url_for("people.mail_settings"), 303)


def _mail_page(form: Form) -> str:
    choice = db.session.get(MailChoice, current_actor().person_id)
    return render_template(
        "people/mail_settings.html",
        choice=choice,
        form=form,
        wants_it="daily" in form.values if form.values else bool(choice and choice.daily),
        by_mail=mailer() is not None,
    )
