"""Daftar hadir: the list of one session, on the phone and on paper."""

from dataclasses import dataclass

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Forbidden, Invalid
from lms.contract.paging import pages
from lms.contract.parsing import whole
from lms.contract.text import message
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes.attendance.attendance_sheet import LINES, Line, count_lines, lines_of, totals
from lms.programmes.attendance.forms import ListForm, Typed, read_list, typed_lines
from lms.programmes.attendance.recording import hold_list, record_attendance
from lms.programmes.attendance.views.sessions import minutes_of
from lms.programmes.blueprint import bp
from lms.programmes.definition.queries import definition_of
from lms.programmes.models import Programme, Stage
from lms.programmes.rules import AttendanceStatus
from lms.programmes.schedule.queries import get_session, programme_of_session
from lms.programmes.schedule.views.route_scopes import place_of_session, schools_reached
from lms.web.form import too_long
from lms.web.i18n import gettext as _
from lms.web.i18n import locale, ngettext
from lms.web.offline_commands import offline_command, offline_page
from lms.web.paging import page_number, page_url
from lms.web.request import wants_json
from lms.web.routing import command, current_actor, page

LONGEST_REASON = 500

WATCH, RECORD = "programmes.watch_attendance", "programmes.record_attendance"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which lines of the list are meant: schools in reach, one of them, a search, a page."""

    reached: frozenset[int] | None
    school_id: int
    search: str
    number: int

    @property
    def school_ids(self) -> frozenset[int] | None:
        """The schools to show; None means all."""
        if not self.school_id:
            return self.reached
        if self.reached is not None and self.school_id not in self.reached:
            return frozenset()
        return frozenset({self.school_id})

    @property
    def query(self) -> dict[str, str | int]:
        """The same choice as parameters of an address."""
        return {
            name: value
            for name, value in (("sekolah", self.school_id), ("cari", self.search), ("hal", self.number))
            if value and (name, value) != ("hal", 1)
        }


@bp.get("/sesi/<int:session_id>")
@page(WATCH, place=place_of_session(WATCH))
@offline_page
def attendance(session_id: int) -> ResponseReturnValue:
    """The list: a form for those who write it, a table for others."""
    return _list(session_id, _chosen(session_id, WATCH), {}, ListForm(), "")


@bp.post("/sesi/<int:session_id>")
@command(
    RECORD,
    place=place_of_session(RECORD),
    fields=("s-*", "m-*", "was-*", "reason", "go", "sekolah", "cari", "hal"),
)
@offline_command
def record(session_id: int) -> ResponseReturnValue:
    """Write the lines that were changed here, also on a phone that had no network at the place."""
    session, chosen = db.session(), _chosen(session_id, RECORD)
    hold_list(session, session_id)
    taught, typed = get_session(session, session_id), typed_lines(request.form)
    lines = _lines(session_id, chosen)
    if set(typed) - {line.enrolment_id for line in lines}:
        raise Forbidden(
            message(
                "Ada peserta yang bukan dari sekolah Bapak/Ibu. Tidak ada yang diubah. Muat ulang daftarnya."
            )
        )
    reason = request.form.get("reason", "").strip()
    form = read_list(
        lines, typed, length=minutes_of(taught), reason=reason, rest_present=request.form.get("go") == "rest"
    )
    changes = {line.enrolment_id for line in lines if line.stamp} & set(form.entries)
    if changes and not reason:
        form.errors["reason"] = _("Ada catatan lama yang diubah. Tulis alasannya.")
    if fault := too_long(reason, LONGEST_REASON):
        form.errors["reason"] = fault.in_(locale())
    if form.errors or form.conflicts:
        return _refused(session_id, chosen, typed, form, reason), 422 if form.errors else 409
    try:
        count = record_attendance(
            session,
            session_id=session_id,
            entries=form.entries,
            actor_id=current_actor().person_id,
            now=now(),
        )
    except Invalid as error:
        form.errors["reason"] = error.text.in_(locale())
        return _refused(session_id, chosen, typed, form, reason), error.status
    flash(
        ngettext("%(num)s catatan hadir tersimpan.", "%(num)s catatan hadir tersimpan.", count)
        if count
        else _("Tidak ada yang berubah.")
    )
    return redirect(url_for("programmes.attendance", session_id=session_id, **chosen.query), 303)  # type: ignore[arg-type]


@bp.get("/sesi/<int:session_id>/cetak")
@page(WATCH, place=place_of_session(WATCH))
def paper_list(session_id: int) -> ResponseReturnValue:
    """The list on paper, with room for signatures, school by school."""
    session, chosen = db.session(), _chosen(session_id, WATCH)
    programme = programme_of_session(session, session_id)
    lines = lines_of(
        session,
        session_id=session_id,
        programme_id=programme.id,
        school_ids=chosen.school_ids,
        search=chosen.search,
        page=chosen.number,
    )
    return render_template(
        "programmes/paper_list.html",
        taught=get_session(session, session_id),
        programme=programme,
        groups=_by_school(lines),
        agency=people.get_agency(session, programme.agency_id),
        **_pages(session_id, programme, chosen, "programmes.paper_list"),
    )


def _refused(
    session_id: int, chosen: Chosen, typed: dict[int, Typed], form: ListForm, reason: str
) -> str | Response:
    """The list again with what was typed; in words for a phone, where the typed list still is."""
    if not wants_json():
        return _list(session_id, chosen, typed, form, reason)
    if form.errors:
        return jsonify(message=_("Ada isian yang perlu dibetulkan."), fields=form.errors)
    names = [line.name for line in _lines(session_id, chosen) if line.enrolment_id in form.conflicts]
    return jsonify(
        message=_(
            "Rekan Bapak/Ibu sudah mengisi baris yang sama dengan isi lain: %(names)s.",
            names=", ".join(names),
        )
    )


def _chosen(session_id: int, action: str) -> Chosen:
    programme = programme_of_session(db.session(), session_id)
    asked = request.form if request.method == "POST" else request.args
    return Chosen(
        schools_reached(programme, action),
        asked.get("sekolah", 0, type=whole),
        asked.get("cari", "").strip()[:80],
        page_number(),
    )


def _lines(session_id: int, chosen: Chosen) -> list[Line]:
    session = db.session()
    return lines_of(
        session,
        session_id=session_id,
        programme_id=programme_of_session(session, session_id).id,
        school_ids=chosen.school_ids,
        search=chosen.search,
        page=chosen.number,
    )


def _list(session_id: int, chosen: Chosen, typed: dict[int, Typed], form: ListForm, reason: str) -> str:
    session = db.session()
    taught, programme = get_session(session, session_id), programme_of_session(session, session_id)
    writable = schools_reached(programme, RECORD)
    lines = _lines(session_id, chosen)
    counted = totals(
        session, programme_id=programme.id, session_ids=[session_id], school_ids=chosen.school_ids
    )
    length = minutes_of(taught)
    share = definition_of(programme).attendance.minimum_share
    return render_template(
        "programmes/attendance.html",
        taught=taught,
        programme=programme,
        groups=_by_school(lines),
        typed=typed,
        form=form,
        reason=reason,
        chosen=chosen,
        tally=counted[session_id],
        length=length,
        enough=-(-length * share // 1),
        begun=taught.has_begun(now()),
        near=taught.is_near(now()),
        statuses=[s.value for s in AttendanceStatus],
        writable={line.school_id for line in lines if writable is None or line.school_id in writable},
        stage=session.get_one(Stage, taught.stage_id),
        stored_any=any(line.stamp for line in lines),
        may_import=schools_reached(programme, "programmes.import_attendance") != frozenset(),
        **_pages(session_id, programme, chosen, "programmes.attendance"),
    )


def _by_school(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.school_id, []).append(line)
    return [(found[0].school, found) for found in groups.values()]


def _pages(session_id: int, programme: Programme, chosen: Chosen, endpoint: str) -> dict[str, object]:
    everybody = count_lines(
        db.session(), programme_id=programme.id, school_ids=chosen.school_ids, search=chosen.search
    )
    query = {name: value for name, value in chosen.query.items() if name != "hal"}
    return {
        "everybody": everybody,
        "number": chosen.number,
        "pages": pages(everybody, LINES),
        "page_url": page_url(endpoint, session_id=session_id, **query),
    }
