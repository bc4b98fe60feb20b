"""Pages of certificates: ready and blocked, progress, downloads, and the public check."""

import io
import zipfile
from collections.abc import Iterator

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates import api
from lms.contract.errors import Invalid
from lms.contract.parsing import whole
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.storage import LostFile, storage
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.web.i18n import locale
from lms.web.paging import page_number, pages
from lms.web.routing import SIGNED_IN, command, current_actor, export, page, public

bp = Blueprint("certificates", __name__, template_folder="templates")


@bp.get("/sertifikat/program/<int:programme_id>")
@page("certificates.view", place=programmes.place_of_programme)
def overview(programme_id: int) -> ResponseReturnValue:
    """Who is blocked and why, who is ready, what was issued: three lists, fifty a page, with a search."""
    session = db.session()
    wanted = request.args.get("daftar", "")
    shelf = api.Shelf(wanted) if wanted in set(api.Shelf) else api.Shelf.BLOCKED
    number, search = page_number(), request.args.get("cari", "")[:80].strip()
    everybody = api.standing_counts(session, programme_id=programme_id)
    found = api.standing_counts(session, programme_id=programme_id, search=search) if search else everybody
    return render_template(
        "certificates/overview.html", programme=programmes.get_programme(session, programme_id), shelf=shelf,
        rows=api.standings(session, programme_id=programme_id, shelf=shelf, search=search, page=number),
        counts={entry.value: count for entry, count in everybody.items()}, search=search, page=number,
        pages=pages(found[shelf]), batch=api.batch_of(session, programme_id),
        printing=api.printing(session, programme_id),
    )  # fmt: skip


@bp.post("/sertifikat/program/<int:programme_id>/terbitkan")
@command("certificates.issue", place=programmes.place_of_programme)
def order(programme_id: int) -> ResponseReturnValue:
    """Issue for everybody who is ready."""
    api.order(db.session(), programme_id=programme_id, actor_id=current_actor().person_id, now=now())
    return redirect(url_for("certificates.overview", programme_id=programme_id), 303)


@bp.post("/sertifikat/program/<int:programme_id>/hentikan")
@command("certificates.issue", place=programmes.place_of_programme)
def stop(programme_id: int) -> ResponseReturnValue:
    """Stop the batch, or go on with it."""
    batch = api.batch_of(db.session(), programme_id) or abort(404)
    if batch.stopped:
        api.resume(db.session(), batch_id=batch.id, now=now())
    else:
        api.stop(db.session(), batch_id=batch.id)
    return redirect(url_for("certificates.overview", programme_id=programme_id), 303)


@bp.get("/sertifikat/program/<int:programme_id>/status")
@page("certificates.view", place=programmes.place_of_programme)
def progress(programme_id: int) -> ResponseReturnValue:
    """How far issuing is, and after it the printing."""
    batch = api.batch_of(db.session(), programme_id)
    if batch and batch.finished_at is None:
        value, most, done = batch.done, batch.total, batch.stopped
    else:
        value, most = api.printing(db.session(), programme_id)
        done = value == most
    return jsonify(done=done, value=value, max=most, text=f"{value} / {most}")


@bp.get("/sertifikat/program/<int:programme_id>/zip")
@export("certificates.view", place=programmes.place_of_programme)
def download_all(programme_id: int) -> ResponseReturnValue:
    """Every printed certificate in one archive, sent while it is made."""
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

    headers = {"Content-Disposition": 'attachment; filename="sertifikat.zip"'}
    return Response(chunks(), mimetype="application/zip", headers=headers)


@bp.get("/sertifikat/<int:certificate_id>.pdf")
@page("certificates.download", place=api.place_of_certificate)
def pdf(certificate_id: int) -> ResponseReturnValue:
    """One certificate."""
    row = db.session.get_one(api.Certificate, certificate_id)
    if not row.pdf_key:
        flash(_("Berkas PDF sedang dibuat. Muat ulang beberapa detik lagi."), "info")
        return redirect(url_for("certificates.mine"))
    return send_file(
        storage().open(row.pdf_key), mimetype="application/pdf", as_attachment=True,
        download_name=f"{row.number.replace('/', '-')}.pdf", etag=False,
    )  # fmt: skip


@bp.get("/sertifikat/saya")
@page(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """My certificates."""
    rows = api.certificates_of_person(db.session(), current_actor().person_id)
    return render_template("certificates/mine.html", rows=rows, shown_code=api.shown_code)


@bp.get("/sertifikat/<int:certificate_id>/ubah")
@page("certificates.issue", place=api.place_of_certificate)
def change(certificate_id: int) -> ResponseReturnValue:
    """Correct or revoke; issue a revoked one again."""
    return _change_page(certificate_id, None)


@bp.post("/sertifikat/<int:certificate_id>/ubah")
@command("certificates.issue", place=api.place_of_certificate, fields=("what", "reason"))
def save_change(certificate_id: int) -> ResponseReturnValue:
    """Replace with the data of today, revoke, or issue a revoked one again; all need a reason."""
    acts = {"replace": api.replace, "revoke": api.revoke, "again": api.issue_again}
    act = acts.get(request.form.get("what", "")) or abort(400)
    try:
        act(
            db.session(), certificate_id=certificate_id, reason=request.form.get("reason", ""),
            actor_id=current_actor().person_id, now=now(),
        )  # fmt: skip
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
    if typed:
        return redirect(url_for("certificates.verify", code=typed[:60]))
    return render_template("certificates/check.html")


@bp.get("/v/<code>")
@public
def verify(code: str) -> ResponseReturnValue:
    """What the QR opens: valid, revoked, replaced or unknown; no private number, no score."""
    guess = {"address": request.remote_addr or "", "key": current_app.config["LMS"].key(), "now": now()}
    people.refuse_guesser(db.session(), **guess)
    row = api.verify(db.session(), code)
    if row is None:
        with write() as session:
            people.count_guess(session, **guess)
    status = 200 if row else 404
    response = render_template(
        "certificates/verify.html", row=row, typed=code[:60], shown_code=api.shown_code
    )
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


def _change_page(certificate_id: int, invalid: Invalid | None) -> str:
    return render_template(
        "certificates/change.html", row=db.session.get_one(api.Certificate, certificate_id),
        error=invalid.text.in_(locale()) if invalid else "", typed=request.form.get("reason", ""),
    )  # fmt: skip
