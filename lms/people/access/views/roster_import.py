"""Impor daftar guru: upload, look at what would happen, confirm."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lms.contract.actors import Role
from lms.contract.errors import ImbasError, Invalid
from lms.contract.parsing import whole
from lms.contract.text import Text, message, stored, text_of
from lms.people.access.role_labels import role_title
from lms.people.access.teacher_import import OFFERED, Judged, RowOutcome, import_teachers, plan_import
from lms.people.access.views.route_scopes import place_of_school
from lms.people.auth.accounts import OneTime, new_one_time
from lms.people.auth.views import device
from lms.people.blueprint import bp
from lms.people.directory.dapodik import TeacherList, best_list
from lms.people.directory.identifiers import EmploymentStatus
from lms.people.directory.person_validation import PersonFields
from lms.people.directory.schools import get_school
from lms.people.directory.spreadsheet import MAX_BYTES as MAX_TABLE_BYTES
from lms.people.directory.spreadsheet import Sheet, read_sheets
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.form import sentences
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext, shown
from lms.web.routing import command, current_actor, page

MOST_PEOPLE = 80
"""Each code costs 35 ms of hashing."""
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the preview shows it, made of plain values to travel through a signed form field.

    ``number``: of the line in the file. ``offered``: whether it can be chosen here.
    """

    number: int
    fate: RowOutcome
    fields: PersonFields
    sentences: tuple[Text, ...]
    offered: bool
    ticked: bool

    def packed(self) -> list[Any]:
        """For the form field."""
        return [self.number, self.fate, asdict(self.fields), [stored(text) for text in self.sentences]]

    @classmethod
    def unpacked(cls, value: list[Any], chosen: frozenset[int]) -> "Shown":
        """What ``packed`` gave, with what was ticked."""
        number, fate, fields, told = value
        texts = tuple(map(text_of, told))
        return cls(number, RowOutcome(fate), _fields(fields), texts, offered=True, ticked=number in chosen)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came back: all offered lines, and the chosen ones with a code that was hashed before the transaction."""

    lines: list[Shown]
    teachers: list[tuple[PersonFields, OneTime]]


@bp.get("/akun/<int:school_id>/impor")
@page("people.import_people", place=place_of_school)
def import_people(school_id: int) -> ResponseReturnValue:
    """Ask for the file."""
    return _show(school_id)


def _read(school_id: int) -> list[Sheet] | ImbasError:  # noqa: ARG001
    """Read the file before the transaction."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid(message("Pilih berkas Excel atau CSV dulu."))
        return read_sheets(file.stream.read(MAX_TABLE_BYTES + 1))
    except ImbasError as error:
        return error


@bp.post("/akun/<int:school_id>/impor")
@command("people.import_people", place=place_of_school, files=("file",), prepare=_read)
def preview_import(outcome: list[Sheet] | ImbasError, school_id: int) -> ResponseReturnValue:
    """Show what would become of each line; nothing is changed yet."""
    session = db.session()
    try:
        if isinstance(outcome, ImbasError):
            raise outcome
        npsn = get_school(session, school_id).npsn
        found = best_list([(sheet.name, sheet.rows) for sheet in outcome], npsn)
    except ImbasError as error:
        return _show(school_id, errors=sentences(error)), error.status
    return _show(school_id, found=found, lines=_shown(plan_import(session, found, school_id=school_id)))


def _shown(judged: list[Judged]) -> list[Shown]:
    """Every line; of those that may be imported the first ``MOST_PEOPLE`` are offered now."""
    lines, offered = [], 0
    for entry in judged:
        now_offered = entry.fate in OFFERED and offered < MOST_PEOPLE
        offered += now_offered
        lines.append(
            Shown(
                entry.line.number,
                entry.fate,
                entry.line.checked.fields,
                entry.sentences,
                offered=now_offered,
                ticked=now_offered and entry.fate is RowOutcome.NEW,
            )
        )
    return lines


def _confirmed(school_id: int) -> Confirmed:
    """The chosen lines of the preview, each with a code hashed before the transaction."""
    try:
        packed = _signer(school_id).loads(request.form.get("rows", ""), max_age=_HOUR)
    except BadSignature:
        raise Invalid(
            message("Pratinjau ini sudah terlalu lama. Belum ada yang ditambahkan. Unggah berkasnya lagi.")
        ) from None
    chosen = frozenset(request.form.getlist("pick", type=whole))
    lines = [Shown.unpacked(row, chosen) for row in packed]
    key = device.settings().key()
    return Confirmed(lines, [(line.fields, new_one_time(key)) for line in lines if line.ticked])


@bp.post("/akun/<int:school_id>/impor/simpan")
@command("people.import_people", place=place_of_school, fields=("rows", "pick"), prepare=_confirmed)
def confirm_import(confirmed: Confirmed, school_id: int) -> ResponseReturnValue:
    """Add the chosen teachers."""
    session = db.session()
    try:
        if not confirmed.teachers:
            raise Invalid(
                message(
                    "Belum ada guru yang dicentang. Belum ada yang ditambahkan. Centang dulu, lalu tekan lagi."
                )
            )
        with session.begin_nested():  # a refused one leaves nothing behind for the page below
            made = import_teachers(
                session, school_id=school_id, teachers=confirmed.teachers, actor=current_actor(), now=now()
            )
    except Invalid as error:
        return _show(school_id, errors=sentences(error), lines=confirmed.lines), error.status
    flash(
        ngettext(
            "%(num)s guru ditambahkan. Cetak kartu masuknya.",
            "%(num)s guru ditambahkan. Cetak kartu masuknya.",
            len(made),
        )
    )
    return redirect(url_for("people.sign_in_cards", school_id=school_id), 303)


def _fields(row: dict[str, str]) -> PersonFields:
    status = row.get("employment_status")
    return PersonFields(**{**row, "employment_status": EmploymentStatus(status) if status else None})  # type: ignore[arg-type]


def _signer(school_id: int) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(device.settings().key(), salt=f"imbas-import-{school_id}")


def _show(
    school_id: int,
    *,
    found: TeacherList | None = None,
    lines: list[Shown] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    fates = {
        RowOutcome.NEW: (_("Akan ditambahkan"), "done"),
        RowOutcome.ASK: (_("Mohon dipastikan"), "wait"),
        RowOutcome.KNOWN_NAME: (_("Sudah terdaftar"), ""),
        RowOutcome.KNOWN: (_("Sudah terdaftar"), ""),
        RowOutcome.REPEATED: (_("Tertulis dua kali, dilewati"), ""),
        RowOutcome.ELSEWHERE: (_("Nomornya terdaftar di sekolah lain"), "wait"),
        RowOutcome.NOT_A_TEACHER: (_("Bukan guru, dilewati"), ""),
        RowOutcome.OTHER_SCHOOL: (_("NPSN sekolah lain, dilewati"), "wait"),
        RowOutcome.FAULTY: (_("Perlu diperbaiki"), "bad"),
    }
    offered = [line for line in lines or () if line.offered]
    waiting = [line for line in lines or () if not line.offered and line.fate in OFFERED]
    return render_template(
        "people/import.html",
        school=get_school(db.session(), school_id),
        fates=fates,
        errors=errors or {},
        employment={"pns": "PNS", "pppk": "PPPK", "honorary": _("Honorer")},
        found=found,
        lines=lines,
        waiting=len(waiting),
        most=MOST_PEOPLE,
        role=shown(role_title(Role.TEACHER)),
        payload=_signer(school_id).dumps([line.packed() for line in offered]) if offered else "",
    )
