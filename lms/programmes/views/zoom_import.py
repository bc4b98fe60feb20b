"""Laporan Zoom: upload, see who is who, confirm."""

import codecs
from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from lms.contract.errors import ImbasError, Invalid, TooLarge
from lms.contract.text import Text
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes import api
from lms.programmes.reading import get_session, programme_of_session
from lms.programmes.views.blueprint import bp
from lms.programmes.views.places import place_of_session
from lms.programmes.zoom import read_report
from lms.programmes.zoom_import import Device, devices_of, directory, entries_of, judge
from lms.web.routing import command, current_actor, page
from lms.web.typed import sentences

IMPORT = "programmes.import_attendance"
ADDRESS = "/sesi/<int:session_id>/zoom"
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC")
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was understood."""

    name: str
    devices: list[Device]
    timed: bool
    waited: int


@bp.get(ADDRESS)
@page(IMPORT, place=place_of_session(IMPORT))
def zoom(session_id: int) -> ResponseReturnValue:
    """Ask for the file."""
    return _show(session_id, None, {})


def _read(session_id: int) -> Read | ImbasError:
    """Read the file and look for its names, before the transaction."""
    session, file = db.session(), request.files.get("file")
    try:
        if file is None or not file.filename:
            text = Text("Pilih berkas laporan Zoom dulu.", "Choose Zoom's report first.")
            raise Invalid.at("file", text)
        data = file.stream.read(people.MAX_TABLE_BYTES + 1)
        if len(data) > people.MAX_TABLE_BYTES:
            raise TooLarge(
                Text(
                    "Laporan Zoom paling besar 4 MB. Belum ada yang disimpan.",
                    "A report has at most 4 MB. Nothing was saved.",
                )
            )
        taught = get_session(session, session_id)
        zone = request.form.get("zone", "")
        report = read_report(
            people.read_table(_as_utf8(data)), zone=zone if zone in ZONES else ZONES[0],
            session=(taught.starts_at, taught.ends_at),
        )  # fmt: skip
        known = directory(session, programme_of_session(session, session_id).id)
        return Read(file.filename[:80], devices_of(report, known), report.timed, report.waited)
    except ImbasError as error:
        return error


@bp.post(ADDRESS)
@command(IMPORT, place=place_of_session(IMPORT), fields=("zone",), files=("file",), prepare=_read)
def preview_zoom(outcome: Read | ImbasError, session_id: int) -> ResponseReturnValue:
    """Show who is who and what the list would say; nothing is written yet."""
    if isinstance(outcome, ImbasError):
        return _show(session_id, None, sentences(outcome)), outcome.status
    return _show(session_id, outcome, {})


@bp.post(f"{ADDRESS}/simpan")
@command(IMPORT, place=place_of_session(IMPORT), fields=("rows", "p-*", "replace"))
def confirm_zoom(session_id: int) -> ResponseReturnValue:
    """Write what was confirmed; lines that stand already only change when that was asked for."""
    session, taught = db.session(), get_session(db.session(), session_id)
    name, devices = _unpacked(session_id)
    choices: dict[int, list[Device]] = {}
    for number, device in enumerate(devices):
        chosen = request.form.get(f"p-{number}", 0, type=int)
        if chosen in device.enrolment_ids:
            choices.setdefault(chosen, []).append(device)
    rules = api.definition_of(programme_of_session(session, session_id)).attendance
    entries = entries_of(choices, taught, rules.minimum_share, _("Laporan Zoom: %(name)s", name=name))
    known = api.attendance_of_session(session, session_id, list(entries))
    if "replace" not in request.form:
        entries = {key: entry for key, entry in entries.items() if key not in known}
    count = api.record_attendance(
        session, session_id=session_id, entries=entries, actor_id=current_actor().person_id, now=now()
    )
    flash(_("%(num)s catatan hadir dari laporan Zoom tersimpan.", num=count))
    return redirect(url_for("programmes.attendance", session_id=session_id), 303)


def _as_utf8(data: bytes) -> bytes:
    """Excel saves "Unicode text" as UTF-16."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace").encode()
    return data


def _signer(session_id: int) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"imbas-zoom-{session_id}")


def _unpacked(session_id: int) -> tuple[str, list[Device]]:
    try:
        name, rows = _signer(session_id).loads(request.form.get("rows", ""), max_age=_HOUR)
    except BadSignature:
        raise Invalid(
            Text(
                "Pratinjau ini sudah terlalu lama. Belum ada yang disimpan. Unggah berkasnya lagi.",
                "This preview is too old. Nothing was saved. Upload the file again.",
            )
        ) from None
    return name, [Device.unpacked(row) for row in rows]


def _show(session_id: int, found: Read | None, errors: dict[str, str]) -> str:
    session, taught = db.session(), get_session(db.session(), session_id)
    programme = programme_of_session(session, session_id)
    share = api.definition_of(programme).attendance.minimum_share
    devices = found.devices if found else []
    ids = sorted({entry for device in devices for entry in device.enrolment_ids})
    return render_template(
        "programmes/zoom.html", taught=taught, programme=programme, found=found, errors=errors, zones=ZONES,
        zone=request.form.get("zone", programme.timezone), names=_names(ids), share=share,
        rows=[(device, judge([device], taught, share)) for device in devices],
        stored=api.attendance_of_session(session, session_id, ids),
        payload=_signer(session_id).dumps([found.name, [device.packed() for device in devices]]) if found else "",
    )  # fmt: skip


def _names(enrolment_ids: list[int]) -> dict[int, str]:
    """``Siti Aminah (SDN 26)`` by enrolment."""
    rows = db.session().execute(
        select(api.Enrolment.id, people.Person, people.School.short_name)
        .join(people.Person, people.Person.id == api.Enrolment.person_id)
        .join(people.School, people.School.id == api.Enrolment.school_id)
        .where(api.Enrolment.id.in_(enrolment_ids))
    )
    return {row[0]: f"{row[1].display_name} ({row[2]})" for row in rows}
