"""Batas waktu: move one deadline for a school or for all, with a reason."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import Invalid
from lms.contract.parsing import parse_local_time, whole
from lms.contract.text import message
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.programmes.blueprint import bp
from lms.programmes.definition.queries import definition_of, get_programme, place_in
from lms.programmes.enrolment.queries import count_schools, schools_of, takes_part
from lms.programmes.models import Programme
from lms.programmes.schedule.deadline_decisions import move_deadline as decide
from lms.programmes.schedule.deadline_decisions import withdraw
from lms.programmes.schedule.deadline_history import Move, history, in_hand
from lms.programmes.schedule.deadline_targets import Target, targets_of
from lms.programmes.schedule.deadlines import deadlines
from lms.programmes.schedule.views.route_scopes import place_of_stage_no, stage_by_no
from lms.web.filters import long_datetime
from lms.web.form import sentences
from lms.web.i18n import locale, ngettext
from lms.web.routing import command, current_actor, page

ADDRESS = "/program/<int:programme_id>/tahap/<int:no>/batas"
ALL = "semua"
LISTED = 60
"""Up to so many schools are offered as a list; beyond, one writes the NPSN."""


@bp.get(ADDRESS)
@page("programmes.move_deadline", place=place_of_stage_no)
def deadline(programme_id: int, no: int) -> ResponseReturnValue:
    """The form, with the deadline in force."""
    typed = {"target": request.args.get("untuk", ""), "school": request.args.get("sekolah", ALL)}
    return _form(programme_id, no, typed, {})


@bp.post(ADDRESS)
@command("programmes.move_deadline", place=place_of_stage_no, fields=("target", "school", "due_on", "reason"))
def move_deadline(programme_id: int, no: int) -> ResponseReturnValue:
    """Move it."""
    session, typed = db.session(), request.form.to_dict()
    row = get_programme(session, programme_id)
    try:
        stage = stage_by_no(session, programme_id, no)
        target = _target(row, no, typed.get("target", ""))
        school_id = _school(row, typed.get("school", ""))
        due_at = local_moment(typed.get("due_on", ""), row.timezone)
        if due_at is None:
            text = message("Tulis tanggal dan jam batas yang baru.")
            raise Invalid.at("due_on", text)
        count, done = decide(
            session,
            stage_id=stage.id,
            school_id=school_id,
            target=target.key,
            due_at=due_at,
            defined_at=target.due_at,
            reason=typed.get("reason", ""),
            actor_id=current_actor().person_id,
            now=now(),
        )
    except Invalid as error:
        return _form(programme_id, no, typed, sentences(error)), error.status
    due = long_datetime(due_at, row.timezone, locale())
    if done:
        said = ngettext(
            "Batas baru %(due)s berlaku untuk %(num)s sekolah.",
            "Batas baru %(due)s berlaku untuk %(num)s sekolah.",
            count,
            due=due,
        )
    else:
        said = ngettext(
            "Tersimpan. Batas baru %(due)s sedang diterapkan ke %(num)s sekolah; lihat riwayatnya.",
            "Tersimpan. Batas baru %(due)s sedang diterapkan ke %(num)s sekolah; lihat riwayatnya.",
            count,
            due=due,
        )
    flash(said)
    return redirect(url_for("programmes.stage", programme_id=programme_id, no=no) + "#batas", 303)


@bp.get(f"{ADDRESS}/status")
@page("programmes.move_deadline", place=place_of_stage_no)
def deadline_progress(programme_id: int, no: int) -> ResponseReturnValue:
    """How many schools the decisions that the worker has in hand have reached."""
    total, done = in_hand(db.session(), stage_id=stage_by_no(db.session(), programme_id, no).id)
    return jsonify(done=total == 0, value=done, max=total, text=f"{done} / {total}")


@bp.post(f"{ADDRESS}/tarik")
@command("programmes.move_deadline", place=place_of_stage_no, fields=("move",))
def withdraw_deadline(programme_id: int, no: int) -> ResponseReturnValue:
    """Take a move back, for all schools for which it was decided together."""
    session = db.session()
    count, done = withdraw(
        session,
        stage_id=stage_by_no(session, programme_id, no).id,
        decision_id=request.form.get("move", 0, type=whole),
        actor_id=current_actor().person_id,
        now=now(),
    )
    if done:
        said = ngettext(
            "Perubahan batas ditarik untuk %(num)s sekolah. Batas sebelumnya berlaku lagi.",
            "Perubahan batas ditarik untuk %(num)s sekolah. Batas sebelumnya berlaku lagi.",
            count,
        )
    else:
        said = ngettext(
            "Tersimpan. Perubahan batas sedang ditarik dari %(num)s sekolah; lihat riwayatnya.",
            "Tersimpan. Perubahan batas sedang ditarik dari %(num)s sekolah; lihat riwayatnya.",
            count,
        )
    flash(said)
    return redirect(url_for("programmes.stage", programme_id=programme_id, no=no) + "#batas", 303)


def _target(programme: Programme, no: int, key: str) -> Target:
    spec = next(entry for entry in definition_of(programme).stages if entry.no == no)
    for target in targets_of(spec):
        if target.key == key:
            return target
    text = message("Pilih tugas yang batasnya diubah.")
    raise Invalid.at("untuk", text)


def _school(programme: Programme, typed: str) -> int | None:
    """The school of the programme with this NPSN; None when all of them are meant."""
    session = db.session()
    if typed == ALL and count_schools(session, programme.id):
        return None
    found = _school_or_none(programme, typed)
    if found and takes_part(session, programme.id, found.id):
        return found.id
    text = message("Sekolah ini tidak ikut program. Pilih sekolah lain.")
    raise Invalid.at("sekolah", text)


def _school_or_none(programme: Programme, npsn: str) -> people.School | None:
    try:
        return people.school_by_npsn(db.session(), npsn.strip(), agency_id=programme.agency_id)
    except Invalid:
        return None


def _form(programme_id: int, no: int, typed: dict[str, str], errors: dict[str, str]) -> str:
    session = db.session()
    row = get_programme(session, programme_id)
    stage = stage_by_no(session, programme_id, no)
    spec = next(entry for entry in definition_of(row).stages if entry.no == no)
    targets = targets_of(spec)
    chosen = next((target for target in targets if target.key == typed.get("target")), targets[0])
    count = count_schools(session, programme_id)
    schools = schools_of(session, programme_id) if count <= LISTED else []
    only = _school_or_none(row, typed.get("school", ""))
    moved = deadlines(session, programme_id=programme_id, school_ids=[only.id] if only else [])
    in_force = (
        moved.due_at(stage_id=stage.id, school_id=only.id, target=chosen.key, default=chosen.due_at)
        if only
        else chosen.due_at
    )
    moves = history(session, stage_id=stage.id)
    return render_template(
        "programmes/deadline.html",
        programme=row,
        stage=stage,
        targets=targets,
        chosen=chosen,
        schools=schools,
        school_count=count,
        only=only,
        in_force=in_force,
        typed=typed,
        errors=errors,
        all_key=ALL,
        suggested=typed.get("due_on") or local_value(in_force, row.timezone),
        moves=moves,
        titles={target.key: target for target in targets},
        place=place_in(row),
        **names_in(moves),
    )


def names_in(moves: list[Move]) -> dict[str, object]:
    """Schools and people that a history names, in two queries; and how far decisions are that the worker has in hand."""
    session = db.session()
    in_hand = {move.id: move for move in moves if move.finished_at is None}
    return {
        "in_hand": (
            sum(move.done for move in in_hand.values()),
            sum(move.total for move in in_hand.values()),
        ),
        "moved_schools": people.schools_by_id(
            session, {move.school_id for move in moves if move.schools == 1}
        ),
        "movers": people.persons_by_id(
            session, {person for move in moves for person in (move.changed_by, move.withdrawn_by) if person}
        ),
    }


def local_moment(text: str, zone: str) -> datetime | None:
    """The time of a ``datetime-local`` field in ``zone``; None when it is not one."""
    found = parse_local_time(text)
    return found.replace(tzinfo=ZoneInfo(zone)) if found else None


def local_value(moment: datetime, zone: str) -> str:
    """What a ``datetime-local`` field shows for ``moment`` in ``zone``."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
