"""Reading: one section a page, text first, the whole module as one download."""

import mimetypes

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.contract.errors import NotFound
from lms.contract.modules import ModuleType
from lms.contract.parsing import whole
from lms.contract.text import Text
from lms.modules import api
from lms.modules.models import ModulePlacement
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.programmes import api as programmes
from lms.web.markdown import Section
from lms.web.routing import SIGNED_IN, command, current_actor, page

bp = Blueprint("modules", __name__, template_folder="templates", url_prefix="/materi")


@bp.get("/<int:placement_id>")
@page("modules.read", place=api.place_of_placement)
def material(placement_id: int) -> ResponseReturnValue:
    """One section of the material (``?bagian=2``), with the list of all."""
    placement = api.get_placement(db.session(), placement_id)
    module, parts = _parts(placement)
    number = min(max(request.args.get("bagian", 1, type=whole), 1), len(parts))
    enrolment = programmes.enrolment_at(db.session(), current_actor().person_id, stage_id=placement.stage_id)
    read = (
        api.read_sections(db.session(), enrolment_id=enrolment.id, placement_id=placement_id)
        if enrolment
        else set()
    )
    return render_template(
        "modules/material.html",
        placement=placement, module=module, parts=parts, part=parts[number - 1], read=read, enrolled=enrolment,
        size=sum(len(part.html) for part in parts),
    )  # fmt: skip


@bp.post("/<int:placement_id>/dibaca")
@command("modules.read", place=api.place_of_placement, fields=("section",))
def mark(placement_id: int) -> ResponseReturnValue:
    """The participant has read a section; on to the next one."""
    placement = api.get_placement(db.session(), placement_id)
    _module, parts = _parts(placement)
    number = min(max(request.form.get("section", 1, type=whole), 1), len(parts))
    enrolment = programmes.enrolment_at(db.session(), current_actor().person_id, stage_id=placement.stage_id)
    if enrolment:
        api.mark_read(
            db.session(), enrolment_id=enrolment.id, placement_id=placement_id, section=number, now=now()
        )
    if number < len(parts):
        return redirect(url_for("modules.material", placement_id=placement_id, bagian=number + 1), 303)
    return redirect("/", 303)


@bp.get("/<int:placement_id>/unduh")
@page("modules.read", place=api.place_of_placement)
def download(placement_id: int) -> ResponseReturnValue:
    """The whole module as one page to keep on the phone, pictures included as links."""
    placement = api.get_placement(db.session(), placement_id)
    module, parts = _parts(placement)
    body = render_template("modules/download.html", placement=placement, module=module, parts=parts)
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
    parts = api.material_sections(module, f"/materi/gambar/{module.key}")
    if not parts:
        raise _gone()
    return module, parts


def _gone() -> NotFound:
    return NotFound(
        Text(
            _("Materi ini sedang tidak tersedia. Pekerjaan Bapak/Ibu tetap aman. Coba lagi nanti."),
            "This material is not available now. Your work is safe. Try again later.",
        )
    )
