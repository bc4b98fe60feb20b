"""Pages of certificates: ready and blocked, progress, downloads, and the public check."""

import io
import zipfile
from collections.abc import Iterator

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.certificates import api, batches, printing, reading
from lms.certificates.batches import Unconfirmed, has_given_up, problems_of, resume
from lms.certificates.issuing import issue_again, replace, revoke
from lms.certificates.reading import place_of_certificate
from lms.certificates.rules import code_in, shown_code
from lms.contract.errors import Invalid
from lms.contract.paging import pages
from lms.contract.parsing import whole
from lms.people import api as people
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.disk import Room, room
from lms.platform.storage import LostFile, storage
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.paging import page_number
from lms.web.routing import SIGNED_IN, command, current_actor, export, page, public

bp = Blueprint("certificates", __name__, template_folder="templates")


@bp.get("/sertifikat/program/<int:programme_id>")
@page("certificates.view", place=programmes.place_of_programme)
def overview(programme_id: int) -> ResponseReturnValue:
    """Who is blocked and why, who is ready, what was issued: three lists, fifty a page, with a search."""
    session = db.session()
    number, search = page_number(), request.args.get("cari", "")[:80].strip()
    counts = api.standing_counts(session, programme_id=programme_id)
    found = api.standing_counts(session, programme_id=programme_id, search=search) if search else counts
    roster = _roster_shown(request.args.get("daftar", ""), found if search else {})
    programme, batch = programmes.get_programme(session, programme_id), api.batch_of(session, programme_id)
    progress = printing.printing(session, programme_id)
    waits = not progress.is_done or (batch is not None and batch.finished_at is None)
    return render_template(
        "certificates/overview.html",
        programme=programme,
        roster=roster,
        search=search,
        page=number,
        printing=progress,
        rows=api.standings(session, programme_id=programme_id, roster=roster, search=search, page=number),
        ready=counts[api.Roster.READY],
        counts={entry.value: count for entry, count in found.items()},
        pages=pages(found[roster]),
        batch=batch,
        problems=problems_of(session, batch),
        is_over=programmes.definition_of(programme).is_over(now()),
        last_day=programmes.definition_of(programme).last_day,
        given_up=has_given_up(session, batch),
        no_room=waits and room(platform().settings) in {Room.NO_FILES, Room.NO_ROWS},
    )


@bp.get("/sertifikat/program/<int:programme_id>/terbitkan")
@page("certificates.issue", place=programmes.place_of_programme)
def confirm(programme_id: int) -> ResponseReturnValue:
    """How many would be issued, under which numbers, and whether the programme has ended."""
    return _confirm_page(programme_id)


@bp.post("/sertifikat/program/<int:programme_id>/terbitkan")
@command("certificates.issue", place=programmes.place_of_programme, fields=("count", "first"))
def order(programme_id: int) -> ResponseReturnValue:
    """Issue for everybody who is ready, as the page before has announced it."""
    confirmed = (request.form.get("count", 0, whole), request.form.get("first", ""))
    try:
        api.order(
            db.session(),
            programme_id=programme_id,
            actor_id=current_actor().person_id,
            confirmed=confirmed,
            now=now(),
        )
    except Unconfirmed as changed:
        return _confirm_page(programme_id, changed.text.in_(locale())), changed.status
    return redirect(url_for("certificates.overview", programme_id=programme_id), 303)


@bp.post("/sertifikat/program/<int:programme_id>/cetak-ulang")
@command("certificates.issue", place=programmes.place_of_programme)
def print_again(programme_id: int) -> ResponseReturnValue:
    """Try once more to print what could not be printed."""
    printing.print_again(db.session(), programme_id=programme_id, now=now())
    return redirect(url_for("certificates.overview", programme_id=programme_id), 303)


@bp.post("/sertifikat/program/<int:programme_id>/hentikan")
@command("certificates.issue", place=programmes.place_of_programme)
def stop(programme_id: int) -> ResponseReturnValue:
    """Stop the batch, or go on with it."""
    batch = api.batch_of(db.session(), programme_id) or abort(404)
    if batch.stopped:
        resume(db.session(), batch_id=batch.id, now=now())
    else:
        batches.stop(db.session(), batch_id=batch.id)
    return redirect(url_for("certificates.overview", programme_id=programme_id), 303)


@bp.get("/sertifikat/program/<int:programme_id>/status")
@page("certificates.view", place=programmes.place_of_programme)
def progress(programme_id: int) -> ResponseReturnValue:
    """How far issuing is, and after it the printing."""
    batch = api.batch_of(db.session(), programme_id)
    if batch and batch.finished_at is None:
        value, most, done = batch.done, batch.total, batch.stopped
    else:
        progress = printing.printing(db.session(), programme_id)
        value, most, done = progress.printed, progress.valid, progress.is_done
    return jsonify(done=done, value=value, max=most, text=f"{value} / {most}")


@bp.get("/sertifikat/program/<int:programme_id>/zip")
@export("certificates.view", place=programmes.place_of_programme)
def download_all(programme_id: int) -> ResponseReturnValue:
    """Every printed certificate that is valid in one archive, sent while it is made."""
    rows = api.certificates_of_programme(
        db.session(), programme_id=programme_id, school_id=request.args.get("sekolah", type=whole)
    )
    files = [
        (f"{row.number.replace('/', '-')} {row.snapshot['name']}.pdf", row.pdf_key)
        for row in rows
        if row.pdf_key and row.state is api.CertificateState.ISSUED
    ]
    store = storage()

    def chunks() -> Iterator[bytes]:
        window = _Window()
        with zipfile.ZipFile(window, "w", zipfile.ZIP_STORED) as archive:
            lost = []
            for name, key in files:
                try:
                    with store.open(key) as file:
                        archive.writestr(name.replace("/", "-"), file.read())
                except LostFile:
                    lost.append(name)
                yield window.take()
            if lost:
                archive.writestr("TIDAK ADA DI SERVER.txt", "\n".join(lost))
        yield window.take()

    headers = {"Content-Disposition": 'attachment; filename="sertifikat-berlaku.zip"'}
    return Response(chunks(), mimetype="application/zip", headers=headers)


@bp.get("/sertifikat/<int:certificate_id>.pdf")
@page("certificates.download", place=place_of_certificate)
def pdf(certificate_id: int) -> ResponseReturnValue:
    """One certificate."""
    row = db.session.get_one(api.Certificate, certificate_id)
    if not row.pdf_key:
        flash(_("Berkas PDF sedang dibuat. Muat ulang beberapa detik lagi."), "info")
        return redirect(url_for("certificates.mine"))
    return send_file(
        storage().open(row.pdf_key),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{row.number.replace('/', '-')}.pdf",
        etag=False,
    )


@bp.get("/sertifikat/saya")
@page(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """My certificates."""
    rows = api.certificates_of_person(db.session(), current_actor().person_id)
    return render_template("certificates/mine.html", rows=rows, shown_code=shown_code)


@bp.get("/sertifikat/<int:certificate_id>/ubah")
@page("certificates.issue", place=place_of_certificate)
def change(certificate_id: int) -> ResponseReturnValue:
    """Correct or revoke; issue a revoked one again."""
    return _change_page(certificate_id, None)


@bp.post("/sertifikat/<int:certificate_id>/ubah")
@command("certificates.issue", place=place_of_certificate, fields=("what", "reason"))
def save_change(certificate_id: int) -> ResponseReturnValue:
    """Replace with the data of today, revoke, or issue a revoked one again; all need a reason."""
    acts = {"replace": replace, "revoke": revoke, "again": issue_again}
    act = acts.get(request.form.get("what", "")) or abort(400)
    try:
        act(
            db.session(),
            certificate_id=certificate_id,
            reason=request.form.get("reason", ""),
            actor_id=current_actor().person_id,
            now=now(),
        )
    except Invalid as invalid:
        return _change_page(certificate_id, invalid), 422
    row = db.session.get_one(api.Certificate, certificate_id)
    flash(_("Perubahan tersimpan. Halaman cek langsung menunjukkannya."), "ok")
    return redirect(url_for("certificates.overview", programme_id=row.programme_id), 303)


@bp.get("/cek")
@public
def check() -> ResponseReturnValue:
    """Anybody may check a certificate."""
    typed = request.args.get("kode", "")
    code = code_in(typed)
    is_number = "/" in code
    if code and not is_number:
        return redirect(url_for("certificates.verify", code=code[:60]))
    return render_template("certificates/check.html", typed=typed[:200], is_number=is_number)


@bp.get("/v/<code>")
@public
def verify(code: str) -> ResponseReturnValue:
    """What the QR opens: valid, revoked, replaced or unknown; no private number, no score."""
    address, key, moment = request.remote_addr or "", platform().settings.key(), now()
    people.refuse_guesser(db.session(), address=address, key=key, now=moment)
    row = reading.verify(db.session(), code)
    if row is None:
        with write() as session:
            people.count_guess(session, address=address, key=key, now=moment)
    status = 200 if row else 404
    response = render_template("certificates/verify.html", row=row, typed=code[:60], shown_code=shown_code)
    return response, status, {"X-Robots-Tag": "noindex"}


class _Window(io.RawIOBase):
    """A place for the archive to write to, emptied after each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        body = bytes(data)  # type: ignore[call-overload]
        self._parts.append(body)
        self._position += len(body)
        return len(body)

    def tell(self) -> int:
        return self._position

    def take(self) -> bytes:
        body = b"".join(self._parts)
        self._parts.clear()
        return body


def _roster_shown(wanted: str, found: dict[api.Roster, int]) -> api.Roster:
    """The list that was asked for, else the first one in which a search found something."""
    if wanted in set(api.Roster):
        return api.Roster(wanted)
    return next((roster for roster, count in found.items() if count), api.Roster.BLOCKED)


def _confirm_page(programme_id: int, error: str = "") -> str:
    session = db.session()
    return render_template(
        "certificates/confirm.html",
        programme=programmes.get_programme(session, programme_id),
        error=error,
        forecast=api.forecast(session, programme_id=programme_id, now=now()),
    )


def _change_page(certificate_id: int, invalid: Invalid | None) -> str:
    return render_template(
        "certificates/change.html",
        row=db.session.get_one(api.Certificate, certificate_id),
        error=invalid.text.in_(locale()) if invalid else "",
        typed=request.form.get("reason", ""),
    )
