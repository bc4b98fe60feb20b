"""Laporan Zoom: upload, see who is who, confirm."""

from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import ColumnElement, and_, select

from lms.contract.errors import ImbasError, Invalid
from lms.contract.normalise import clean_text
from lms.contract.parsing import whole
from lms.contract.text import message
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.long_lists import among
from lms.programmes.attendance.name_matching import Directory
from lms.programmes.attendance.recording import attendance_of_session, hold_list, record_attendance
from lms.programmes.attendance.zoom_import import (
    Device,
    devices_of,
    directory,
    entries_of,
    judge,
    named,
    needs_minutes,
)
from lms.programmes.attendance.zoom_report import Report, better_zone, read_report
from lms.programmes.attendance.zoom_rows import Rows, has_header
from lms.programmes.attendance.zoom_times import read_minutes
from lms.programmes.blueprint import bp
from lms.programmes.definition.queries import definition_of
from lms.programmes.models import Enrolment
from lms.programmes.rules import Interval
from lms.programmes.schedule.queries import get_session, programme_of_session
from lms.programmes.schedule.views.route_scopes import place_of_session, schools_reached
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.i18n import locale, ngettext
from lms.web.routing import command, current_actor, page

IMPORT = "programmes.import_attendance"
ADDRESS = "/sesi/<int:session_id>/zoom"
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT", "UTC": "UTC"}
MOST_FILES = 5
"""A meeting that its host began anew has a report for each part; presence is judged by all of them together."""
NAMES = 500
"""Participants that a field suggests while somebody types; in a larger programme the name is written out."""
_A_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was understood."""

    name: str
    devices: list[Device]
    timed: bool = True
    waited: int = 0
    better_zone: str = ""
    """Where the times meet the session clearly better than in the chosen zone."""


@bp.get(ADDRESS)
@page(IMPORT, place=place_of_session(IMPORT))
def zoom(session_id: int) -> ResponseReturnValue:
    """Ask for the file."""
    return _show(session_id, None, {})


def _read(session_id: int) -> Read | ImbasError:
    """Read the files and look for their names, before the transaction."""
    session, files = db.session(), [file for file in request.files.getlist("file") if file.filename]
    try:
        if not files:
            text = message("Pilih berkas laporan Zoom dulu.")
            raise Invalid.at("file", text)
        if len(files) > MOST_FILES:
            raise Invalid.at(
                "file",
                message(
                    "Paling banyak %(most_files)s laporan sekaligus. Belum ada yang disimpan. Gabungkan berkasnya.",
                    most_files=MOST_FILES,
                ),
            )
        tables = [
            _report_of(people.read_sheets(file.stream.read(people.MAX_TABLE_BYTES + 1))) for file in files
        ]
        taught, programme = get_session(session, session_id), programme_of_session(session, session_id)
        held = (taught.starts_at, taught.ends_at)
        zone = request.form.get("zone", "")
        zone = zone if zone in ZONES else next(iter(ZONES))
        report = _report(tables, zone, held)
        better = better_zone(report, zone=zone, others=ZONES, session=held)
        known = directory(session, programme.id, schools_reached(programme, IMPORT))
        name = ", ".join(str(file.filename) for file in files)[:80]
        return Read(name, devices_of(report, known), report.timed, report.waited, ZONES.get(better, ""))
    except ImbasError as error:
        return error


def _report_of(sheets: list[people.Sheet]) -> Rows:
    """The first sheet that names people and times; else whatever stands on the first one."""
    return next((sheet.rows for sheet in sheets if has_header(sheet.rows)), sheets[0].rows if sheets else [])


def _report(tables: list[Rows], zone: str, held: Interval) -> Report:
    """The report, or the sentence that names the zone in which it would be one."""
    try:
        return read_report(*tables, zone=zone, session=held)
    except Invalid as error:
        fits = [
            name for other, name in ZONES.items() if "zone" in error.fields and _meets(tables, other, held)
        ]
        if not fits:
            raise
        hint = message(
            "Jam di berkas ini cocok dengan zona %(zone)s. Pilih %(zone)s, pilih lagi berkasnya, lalu periksa.",
            zone=fits[0],
        )
        raise Invalid(error.text, fields={"zone": hint}) from error


def _meets(tables: list[Rows], zone: str, held: Interval) -> bool:
    try:
        read_report(*tables, zone=zone, session=held)
    except Invalid:
        return False
    return True


@bp.post(ADDRESS)
@command(IMPORT, place=place_of_session(IMPORT), fields=("zone",), files=("file",), prepare=_read)
def preview_zoom(outcome: Read | ImbasError, session_id: int) -> ResponseReturnValue:
    """Show who is who and what the list would say; nothing is written yet."""
    if isinstance(outcome, ImbasError):
        return _show(session_id, None, {"": outcome.text.in_(locale()), **sentences(outcome)}), outcome.status
    return _show(session_id, outcome, {})


@bp.post(f"{ADDRESS}/simpan")
@command(IMPORT, place=place_of_session(IMPORT), fields=("rows", "p-*", "w-*", "t-*", "replace"))
def confirm_zoom(session_id: int) -> ResponseReturnValue:
    """Write what was confirmed; lines that stand already only change when that was asked for."""
    session, taught = db.session(), get_session(db.session(), session_id)
    programme = programme_of_session(session, session_id)
    share = definition_of(programme).attendance.minimum_share
    found = _unpacked(session_id)
    choices, errors = _chosen(found, directory(session, programme.id, schools_reached(programme, IMPORT)))
    for devices in choices.values():
        if untold := needs_minutes([device for _number, device in devices], taught, share):
            number = next(number for number, device in devices if device is untold)
            errors[f"t-{number}"] = _(
                "%(device)s: waktunya tidak terbaca. Tulis menit hadirnya, atau lewati.", device=untold.name
            )
    if errors:
        return _show(session_id, found, errors), 422
    entries = entries_of(
        {key: [device for _number, device in devices] for key, devices in choices.items()},
        taught,
        share,
        _("Laporan Zoom: %(name)s", name=found.name),
    )
    hold_list(session, session_id)
    stored = attendance_of_session(session, session_id, list(entries))
    if "replace" not in request.form:
        entries = {key: entry for key, entry in entries.items() if key not in stored}
    count = record_attendance(
        session, session_id=session_id, entries=entries, actor_id=current_actor().person_id, now=now()
    )
    flash(
        ngettext(
            "%(num)s catatan hadir dari laporan Zoom tersimpan.",
            "%(num)s catatan hadir dari laporan Zoom tersimpan.",
            count,
        )
    )
    return redirect(url_for("programmes.attendance", session_id=session_id), 303)


Chosen = dict[int, list[tuple[int, Device]]]
"""Each participant's devices, with their numbers in the form."""


def _chosen(found: Read, known: Directory) -> tuple[Chosen, dict[str, str]]:
    """Who was chosen for each device, with minutes that were typed for it; and what is wrong."""
    choices: Chosen = {}
    errors: dict[str, str] = {}
    for number, device in enumerate(found.devices):
        typed = clean_text(request.form.get(f"w-{number}", ""))
        chosen = named(typed, known) if typed else request.form.get(f"p-{number}", 0, type=whole)
        if chosen is None:
            errors[f"w-{number}"] = _(
                "%(device)s: tidak ada tepat satu peserta bernama %(name)s. "
                "Tulis nama lengkapnya, bila perlu dengan sekolahnya.",
                device=device.name,
                name=typed[:80],
            )
        elif chosen in known and (typed or chosen in device.enrolment_ids):
            minutes = request.form.get(f"t-{number}", "").strip()
            if minutes and not device.is_told:
                told = read_minutes(minutes)
                if told is None:
                    errors[f"t-{number}"] = _(
                        "%(device)s: tulis menit sebagai angka, misalnya 120.", device=device.name
                    )
                device = replace(device, minutes=None if told is None else int(told))
            choices.setdefault(chosen, []).append((number, device))
    return choices, errors


def _signer(session_id: int) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"imbas-zoom-{session_id}")


def _packed(found: Read) -> list[Any]:
    return [found.name, found.timed, found.waited, [device.packed() for device in found.devices]]


def _unpacked(session_id: int) -> Read:
    try:
        name, timed, waited, rows = _signer(session_id).loads(request.form.get("rows", ""), max_age=_A_DAY)
    except BadSignature:
        raise Invalid(
            message("Pratinjau ini sudah terlalu lama. Belum ada yang disimpan. Unggah berkasnya lagi.")
        ) from None
    return Read(name, [Device.unpacked(row) for row in rows], timed, waited)


def _show(session_id: int, found: Read | None, errors: dict[str, str]) -> str:
    session, taught = db.session(), get_session(db.session(), session_id)
    programme = programme_of_session(session, session_id)
    share = definition_of(programme).attendance.minimum_share
    reached = schools_reached(programme, IMPORT)
    devices = found.devices if found else []
    ids = sorted({entry for device in devices for entry in device.enrolment_ids})
    return render_template(
        "programmes/zoom.html",
        taught=taught,
        programme=programme,
        found=found,
        errors=errors,
        zones=ZONES,
        zone=request.form.get("zone", programme.timezone),
        names=_names(among(Enrolment.id, ids)),
        share=share,
        rows=[(device, judge([device], taught, share)) for device in devices],
        only_own=reached is not None,
        everybody=_everybody(programme.id, reached) if any(not device.sure for device in devices) else [],
        stored=attendance_of_session(session, session_id, ids),
        payload=_signer(session_id).dumps(_packed(found)) if found else "",
    )


def _everybody(programme_id: int, school_ids: frozenset[int] | None) -> list[str]:
    """The participants to choose from while typing; empty where they are too many for a page."""
    wanted = Enrolment.programme_id == programme_id
    if school_ids is not None:
        wanted = and_(wanted, among(Enrolment.school_id, school_ids))
    names = _names(wanted, most=NAMES + 1)
    return sorted(names.values()) if len(names) <= NAMES else []


def _names(wanted: ColumnElement[bool], most: int | None = None) -> dict[int, str]:
    """``Siti Aminah (SDN 26)`` by enrolment."""
    rows = db.session().execute(
        select(Enrolment.id, people.Person, people.School.short_name)
        .join(people.Person, people.Person.id == Enrolment.person_id)
        .join(people.School, people.School.id == Enrolment.school_id)
        .where(wanted)
        .limit(most)
    )
    return {row[0]: f"{row[1].display_name} ({row[2]})" for row in rows}
