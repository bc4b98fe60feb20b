"""Impor daftar guru: upload, look at what would happen, confirm."""

from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lms.contract.errors import ImbasError, Invalid
from lms.contract.text import Text
from lms.people import api
from lms.people.views import device
from lms.people.views.blueprint import bp
from lms.people.views.places import place_of_school
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.routing import command, current_actor, page
from lms.web.typed import sentences

MOST_PEOPLE = 80
"""Each code costs 35 ms of hashing."""
_HOUR = 3600
Teachers = list[tuple[api.PersonFields, api.OneTime]]


@bp.get("/akun/<int:school_id>/impor")
@page("people.import_people", place=place_of_school)
def import_people(school_id: int) -> ResponseReturnValue:
    """Ask for the file."""
    return _show(school_id)


def _read(school_id: int) -> list[list[str]] | ImbasError:  # noqa: ARG001
    """Read the file before the transaction."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid(Text("Pilih berkas Excel atau CSV dulu.", "Choose an Excel or CSV file first."))
        return api.read_table(file.stream.read(api.MAX_TABLE_BYTES + 1))
    except ImbasError as error:
        return error


@bp.post("/akun/<int:school_id>/impor")
@command("people.import_people", place=place_of_school, files=("file",), prepare=_read)
def preview_import(outcome: list[list[str]] | ImbasError, school_id: int) -> ResponseReturnValue:
    """Show what would become of each line; nothing is changed yet."""
    session = db.session()
    try:
        if isinstance(outcome, ImbasError):
            raise outcome
        found = api.read_list(outcome, api.get_school(session, school_id).npsn)
    except ImbasError as error:
        return _show(school_id, errors=sentences(error)), error.status
    judged = api.judge(session, found, school_id=school_id)
    fresh = [asdict(entry.line.checked.fields) for entry in judged if entry.fate is api.Fate.NEW]
    return _show(
        school_id, judged=judged, dropped=found.dropped, count=len(fresh), most=MOST_PEOPLE,
        payload=_signer(school_id).dumps(fresh[:MOST_PEOPLE]) if fresh else "",
    )  # fmt: skip


def _confirmed(school_id: int) -> Teachers:
    """The previewed teachers, each with a code hashed before the transaction."""
    try:
        rows = _signer(school_id).loads(request.form.get("rows", ""), max_age=_HOUR)
    except BadSignature:
        raise Invalid(
            Text(
                "Pratinjau ini sudah terlalu lama. Belum ada yang ditambahkan. Unggah berkasnya lagi.",
                "This preview is too old. Nobody was added. Upload the file again.",
            )
        ) from None
    key = device.settings().key()
    return [(_fields(row), api.new_one_time(key)) for row in rows]


@bp.post("/akun/<int:school_id>/impor/simpan")
@command("people.import_people", place=place_of_school, fields=("rows",), prepare=_confirmed)
def confirm_import(teachers: Teachers, school_id: int) -> ResponseReturnValue:
    """Add the previewed teachers."""
    made = api.import_teachers(
        db.session(), school_id=school_id, teachers=teachers, actor=current_actor(), now=now()
    )
    flash(_("%(num)s guru ditambahkan. Cetak kartu masuknya.", num=len(made)))
    return redirect(url_for("people.sign_in_cards", school_id=school_id), 303)


def _fields(row: dict[str, str]) -> api.PersonFields:
    status = row.get("employment_status")
    return api.PersonFields(**{**row, "employment_status": api.EmploymentStatus(status) if status else None})  # type: ignore[arg-type]


def _signer(school_id: int) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(device.settings().key(), salt=f"imbas-import-{school_id}")


def _show(school_id: int, **context: object) -> str:
    fates = {
        api.Fate.NEW: (_("Akan ditambahkan"), "done"),
        api.Fate.KNOWN: (_("Sudah terdaftar"), ""),
        api.Fate.ELSEWHERE: (_("Nomornya terdaftar di sekolah lain"), "wait"),
        api.Fate.NOT_A_TEACHER: (_("Bukan guru, dilewati"), ""),
        api.Fate.OTHER_SCHOOL: (_("NPSN sekolah lain, dilewati"), "wait"),
        api.Fate.FAULTY: (_("Perlu diperbaiki"), "bad"),
    }
    school = api.get_school(db.session(), school_id)
    return render_template(
        "people/import.html", school=school, fates=fates, errors=context.pop("errors", {}), **context
    )
