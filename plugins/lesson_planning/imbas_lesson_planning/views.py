"""Pages under /m/lesson_planning: the plans of a school, a plan, its parts, and paper."""

from flask import (
    Blueprint,
    flash,
    jsonify,
    redirect,
    render_template,
    render_template_string,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from imbas_lesson_planning import api, errors, forms
from imbas_lesson_planning.catalogue import PlanPart, kinds
from imbas_lesson_planning.models import LessonPlan
from imbas_lesson_planning.presenters import (
    CREATE,
    VIEW,
    WRITE,
    after_part,
    board_page,
    heading_page,
    part_page,
    plan_page,
    title_of_copy,
)
from lms.api import (
    Form,
    Workplace,
    command,
    current_actor,
    db,
    may,
    now,
    page,
    page_number,
    place_of_placement,
    place_of_workplace,
    saved,
    school_choice,
    workplace,
)

bp = Blueprint("lesson_planning", __name__, template_folder="templates")
SCHOOL = "/<int:programme_id>/<int:school_id>"
PLAN = "/rencana/<int:plan_id>"
BOARD = "lesson_planning.board"


@bp.get("/<int:placement_id>")
@page("modules.read", place=place_of_placement)
def home(placement_id: int) -> ResponseReturnValue:
    """The workspace of the module: one's own school at once, or the schools to choose from."""
    choice = school_choice(placement_id, BOARD)
    if choice.only:
        return redirect(_board_url(choice.only), 303)
    return render_template("lesson_planning/schools.html", choice=choice, placement_id=placement_id)


@bp.get(SCHOOL)
@page(BOARD, place=place_of_workplace)
def board(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Own plans, and those of colleagues for who may read them."""
    return board_page(_at(programme_id, school_id), Form({}), page_number())


@bp.post(SCHOOL)
@command(CREATE, place=place_of_workplace, fields=("kind", "title"))
def create(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Begin a plan and open its first part."""
    at, form = _at(programme_id, school_id), Form.posted(request.form)

    def save() -> str:
        title = forms.read_title(form)
        form.stop_at_errors()
        kind = form.values.get("kind", "")
        plan = api.create_plan(db.session(), at=at, kind=kind, title=title, actor=current_actor(), now=now())
        return _part_url(plan.id, kinds()[kind].parts[0].key)

    return saved(form, save, lambda: board_page(at, form), _("Rencana dibuat. Mulailah dari bagian pertama."))


@bp.get(PLAN)
@page(VIEW, place=api.place_of_plan)
def plan(plan_id: int) -> ResponseReturnValue:
    """A plan: what is written, what is missing, what reviewers found."""
    return plan_page(plan_id)


@bp.get(f"{PLAN}/cetak")
@page(VIEW, place=api.place_of_plan)
def printable(plan_id: int) -> ResponseReturnValue:
    """A plan for paper."""
    return plan_page(plan_id, paper=True)


@bp.get(f"{PLAN}/bagian/<key>")
@page(WRITE, place=api.place_of_plan)
def part(plan_id: int, key: str) -> ResponseReturnValue:
    """The form of one part."""
    found, spec = _part(plan_id, key)
    stored = next((row for row in found.parts if row.key == key), None)
    return part_page(found, spec, forms.part_form(stored))


@bp.post(f"{PLAN}/bagian/<key>")
@command(WRITE, place=api.place_of_plan, fields=("text", "version", "next"))
def save_part(plan_id: int, key: str) -> ResponseReturnValue:
    """Store one part; ``next`` goes on to the next empty one."""
    found, spec = _part(plan_id, key)
    form = Form.posted(request.form)

    def save() -> str:
        text = forms.read_part(form, spec)
        form.stop_at_errors()
        api.save_part(
            db.session(),
            plan_id=plan_id,
            key=key,
            text=text,
            version=form.version,
            actor=current_actor(),
            now=now(),
        )
        following = after_part(found, spec) if form.values.get("next") else None
        return _part_url(plan_id, following) if following else plan_url(plan_id)

    return saved(form, save, lambda: part_page(found, spec, form), _("Bagian tersimpan."))


@bp.post(f"{PLAN}/bagian/<key>/sementara/<int:version>")
@command(WRITE, place=api.place_of_plan, fields=("text",))
def keep_part(plan_id: int, key: str, version: int) -> ResponseReturnValue:
    """Store a part while it is being typed; ``version`` is the one that was opened."""
    _found, spec = _part(plan_id, key)
    form, saved_at = Form.posted(request.form), now()
    text = forms.read_part(form, spec)
    form.stop_at_errors()
    api.save_part(
        db.session(),
        plan_id=plan_id,
        key=key,
        text=text,
        version=version,
        while_typing=True,
        actor=current_actor(),
        now=saved_at,
    )
    return jsonify(saved_at=render_template_string("{{ at|time }}", at=saved_at))


@bp.get(f"{PLAN}/judul")
@page(WRITE, place=api.place_of_plan)
def heading(plan_id: int) -> ResponseReturnValue:
    """The form of title and tags."""
    found = api.find_plan(db.session(), plan_id)
    return heading_page(found, forms.heading_form(found))


@bp.post(f"{PLAN}/judul")
@command(WRITE, place=api.place_of_plan, fields=("title", "version", "low_reason", "tag-*"))
def save_heading(plan_id: int) -> ResponseReturnValue:
    """Store title and tags."""
    found = api.find_plan(db.session(), plan_id)
    form = Form.posted(request.form)

    def save() -> str:
        title, low_reason = forms.read_title(form), form.text("low_reason", forms.REASON)
        form.stop_at_errors()
        api.save_heading(
            db.session(),
            plan_id=plan_id,
            title=title,
            tags=forms.read_tags(form, kinds()[found.kind]),
            low_reason=low_reason,
            version=form.version,
            actor=current_actor(),
            now=now(),
        )
        return plan_url(plan_id)

    return saved(form, save, lambda: heading_page(found, form), _("Judul dan muatan tersimpan."))


@bp.post(f"{PLAN}/ajukan")
@command(WRITE, place=api.place_of_plan)
def submit(plan_id: int) -> ResponseReturnValue:
    """Hand a plan in for review."""
    api.submit(db.session(), plan_id=plan_id, actor=current_actor(), now=now())
    flash(_("Rencana diajukan. Kepala sekolah atau fasilitator akan menelaahnya."))
    return redirect(plan_url(plan_id), 303)


@bp.post(f"{PLAN}/tarik")
@command(WRITE, place=api.place_of_plan)
def withdraw(plan_id: int) -> ResponseReturnValue:
    """Take a plan back before its review."""
    api.withdraw(db.session(), plan_id=plan_id, actor=current_actor(), now=now())
    flash(_("Rencana ditarik kembali. Bapak/Ibu dapat mengubahnya."))
    return redirect(plan_url(plan_id), 303)


@bp.post(f"{PLAN}/hapus")
@command(WRITE, place=api.place_of_plan)
def delete(plan_id: int) -> ResponseReturnValue:
    """Remove a plan without reviews."""
    at = api.delete_plan(db.session(), plan_id=plan_id, actor=current_actor(), now=now())
    flash(_("Rencana dihapus."))
    return redirect(_board_url(at), 303)


@bp.post(f"{PLAN}/salin")
@command(VIEW, place=api.place_of_plan, fields=("kind",))
def copy(plan_id: int) -> ResponseReturnValue:
    """A new draft from this plan, perhaps of another kind, in the same school."""
    session, actor = db.session(), current_actor()
    source = api.find_plan(session, plan_id)
    if not may(CREATE, api.workplace_of(session, source).place):
        raise errors.not_here()
    made = api.copy_plan(
        session,
        plan_id=plan_id,
        kind=request.form.get("kind", ""),
        title=title_of_copy(source),
        actor=actor,
        now=now(),
    )
    flash(_("Rencana disalin sebagai draf baru."))
    return redirect(plan_url(made.id), 303)


def _part(plan_id: int, key: str) -> tuple[LessonPlan, PlanPart]:
    found = api.find_plan(db.session(), plan_id)
    spec = kinds()[found.kind].part(key)
    if spec is None:
        raise errors.gone()
    return found, spec


def _at(programme_id: int, school_id: int) -> Workplace:
    return workplace(db.session(), programme_id=programme_id, school_id=school_id)


def _board_url(at: Workplace) -> str:
    return url_for("lesson_planning.board", programme_id=at.programme_id, school_id=at.school_id)


def plan_url(plan_id: int) -> str:
    """The address of a plan."""
    return url_for("lesson_planning.plan", plan_id=plan_id)


def _part_url(plan_id: int, key: str) -> str:
    return url_for("lesson_planning.part", plan_id=plan_id, key=key)
