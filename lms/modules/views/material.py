"""Reading: one section a page, text first, the whole module as one download."""

import mimetypes

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Invalid, NotFound
from lms.contract.modules import ModuleType
from lms.contract.parsing import parse_int, whole
from lms.contract.text import message
from lms.modules import api
from lms.modules.models import ModulePlacement
from lms.modules.reading import Reading, reading_of
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.markdown import Section
from lms.platform.plugins import registry
from lms.programmes import api as programmes
from lms.web.i18n import gettext as _
from lms.web.i18n import ngettext
from lms.web.routing import SIGNED_IN, command, current_actor, page

bp = Blueprint("modules", __name__, template_folder="../templates", url_prefix="/materi")


@bp.get("/<int:placement_id>")
@page("modules.read", place=api.place_of_placement)
def material(placement_id: int) -> ResponseReturnValue:
    """One section of the material (``?bagian=2``; else the first unread one), with the list of all."""
    session = db.session()
    placement = api.get_placement(session, placement_id)
    module, parts = _parts(placement)
    enrolment = programmes.enrolment_at(session, current_actor().person_id, stage_id=placement.stage_id)
    reading = reading_of(session, enrolment_id=enrolment.id, placement=placement) if enrolment else None
    unread = _unread(parts, reading)
    number = min(max(request.args.get("bagian", unread[0] if unread else 1, type=whole), 1), len(parts))
    return render_template(
        "modules/material.html",
        placement=placement,
        module=module,
        parts=parts,
        part=parts[number - 1],
        reading=reading,
        may_mark=enrolment is not None and _is_running(enrolment.programme_id),
        size=sum(len(part.html) for part in parts),
    )


@bp.post("/<int:placement_id>/dibaca")
@command("modules.read", place=api.place_of_placement, fields=("section",))
def mark(placement_id: int) -> ResponseReturnValue:
    """The participant has read a section; on to the next one, after the last to what was left out."""
    session = db.session()
    placement = api.get_placement(session, placement_id)
    _module, parts = _parts(placement)
    numbers = _numbers(request.form.get("section", ""), len(parts))
    enrolment = programmes.enrolment_at(session, current_actor().person_id, stage_id=placement.stage_id)
    reading = None
    if enrolment:
        api.mark_read(session, enrolment_id=enrolment.id, placement=placement, sections=numbers, now=now())
        reading = reading_of(session, enrolment_id=enrolment.id, placement=placement)
    if numbers[-1] < len(parts):
        return redirect(url_for("modules.material", placement_id=placement_id, bagian=numbers[-1] + 1), 303)
    unread = _unread(parts, reading)
    if unread:
        flash(
            ngettext(
                "Masih %(num)s bagian yang belum ditandai dibaca. Ini yang pertama.",
                "Masih %(num)s bagian yang belum ditandai dibaca. Ini yang pertama.",
                len(unread),
            )
        )
        return redirect(url_for("modules.material", placement_id=placement_id, bagian=unread[0]), 303)
    if reading:
        flash(_("%(title)s sudah selesai dibaca. Tersimpan di server.", title=placement.title), "ok")
    return redirect("/", 303)


def _is_running(programme_id: int) -> bool:
    programme = programmes.get_programme(db.session(), programme_id)
    return programme.status is programmes.ProgrammeStatus.RUNNING


def _unread(parts: tuple[Section, ...], reading: Reading | None) -> list[int]:
    """Numbers of the sections that the participant still has to read."""
    if reading is None or reading.is_complete:
        return []
    return [part.number for part in parts if part.number not in reading.sections]


def _numbers(text: str, last: int) -> list[int]:
    """The sections that a form names: one, or ``all``; raises Invalid for what the material does not have."""
    if text == "all":
        return list(range(1, last + 1))
    number = parse_int(text, low=1, high=last)
    if number is None:
        raise Invalid(
            message(
                "Bagian ini tidak ada di materi ini. Tidak ada yang ditandai, dan tanda yang lain aman. "
                "Buka lagi materinya dari beranda."
            )
        )
    return [number]


@bp.get("/<int:placement_id>/unduh")
@page("modules.read", place=api.place_of_placement)
def download(placement_id: int) -> ResponseReturnValue:
    """The whole module as one page to keep on the phone, pictures included as links."""
    placement = api.get_placement(db.session(), placement_id)
    module, parts = _parts(placement)
    address = platform().settings.public_url + url_for("modules.material", placement_id=placement_id)
    body = render_template(
        "modules/download.html", placement=placement, module=module, parts=parts, address=address
    )
    name = f"materi-{placement.module_key}.html"
    return Response(
        body, mimetype="text/html", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@bp.get("/gambar/<key>/<name>")
@page(SIGNED_IN)
def picture(key: str, name: str) -> ResponseReturnValue:
    """A picture of a module, out of its package; never a path."""
    module = registry().module_types.get(key)
    kind = mimetypes.guess_type(name)[0]
    if (
        module is None
        or module.material is None
        or "/" in name
        or kind not in {"image/svg+xml", "image/png", "image/jpeg"}
    ):
        raise _gone()
    file = module.material.pictures / name
    if not file.is_file():
        raise _gone()
    headers = {
        "Cache-Control": "private, max-age=86400",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
    }
    return Response(file.read_bytes(), mimetype=kind, headers=headers)


def _parts(placement: ModulePlacement) -> tuple[ModuleType, tuple[Section, ...]]:
    module = api.module_of(placement)
    if module is None:
        raise _gone()
    parts = api.sections_of(placement)
    if not parts:
        raise _gone()
    return module, parts


def _gone() -> NotFound:
    return NotFound(
        message("Materi ini sedang tidak tersedia. Pekerjaan Bapak/Ibu tetap aman. Coba lagi nanti.")
    )
