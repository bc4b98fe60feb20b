"""The first screen of each role, a stage explained, the control room, exports."""

from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.certificates import api as certificates
from lms.completion import api as completion
from lms.contract.actors import Actor, Place, Role
from lms.contract.errors import NotFound
from lms.contract.paging import pages
from lms.contract.parsing import long_whole, whole
from lms.contract.text import message
from lms.evidence import api as evidence
from lms.grading import api as grading
from lms.people import api as people
from lms.platform import outbox, plugin_failures
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import plugins
from lms.programmes import api as programmes
from lms.reports.control_room import control_room
from lms.reports.facilitator_card import session_card
from lms.reports.views.blueprint import bp
from lms.reports.views.late_participants import our_teachers
from lms.reports.views.participant_home import home as participant_home
from lms.reports.views.report_files import MEDIA_TYPES, offered, report_file
from lms.reports.views.to_dos import other_tasks
from lms.reports.views.workbook import workbook
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.paging import page_number
from lms.web.routing import SIGNED_IN, command, current_actor, export, page


@bp.get("/")
@page(SIGNED_IN)
def home() -> ResponseReturnValue:
    """The right first screen: control room, grader, participant, or the schools one looks after."""
    actor = current_actor()
    if actor.has(Role.ADMIN, Role.AGENCY_HEAD):
        return _control_home(actor)
    if actor.has(Role.GRADER):
        return _grader_home(actor)
    mine = programmes.enrolments_of(db.session(), actor.person_id, now=now())
    enrolment, others = programmes.choose(mine, _wanted())
    if enrolment is not None:
        return _participant_home(actor, enrolment, others)
    if actor.has(Role.EDUCATION_OFFICE):
        return _office_home(actor)
    return _schools_home(actor)


@bp.get("/ruang-kendali/<int:programme_id>")
@page("reports.control_room", place=programmes.place_of_programme)
def control(programme_id: int) -> ResponseReturnValue:
    """The control room of one programme."""
    number, only_behind = page_number(), request.args.get("tampil") == "tertinggal"
    found = control_room(
        db.session(), programme_id=programme_id, page=number, now=now(), only_behind=only_behind
    )
    place = Place(found.programme.agency_id, None, programme_id)
    panels = plugins().ask(
        "lms_panels",
        session=db.session(),
        actor=current_actor(),
        slot="control_room",
        place=place,
    )
    return render_template(
        "reports/control.html",
        room=found,
        page=number,
        only_behind=only_behind,
        pages=pages(found.behind if only_behind else found.schools),
        panels=[panel for _name, some in panels for panel in some],
        to_dos=other_tasks(db.session(), current_actor(), now()),
        tables=offered(place),
        place=place,
    )


@bp.post("/ruang-kendali/<int:programme_id>/coba-lagi")
@command("reports.retry", place=programmes.place_of_programme, fields=("fact", "handler"))
def retry(programme_id: int) -> ResponseReturnValue:
    """Send a failed job round again."""
    fact_id, handler = request.form.get("fact", 0, type=long_whole), request.form.get("handler", "")
    outbox.retry(db.session(), fact_id=fact_id, handler=handler, now=now())
    flash(_("Proses itu dicoba lagi."), "ok")
    return redirect(url_for("reports.control", programme_id=programme_id), 303)


@bp.post("/ruang-kendali/<int:programme_id>/sudah-dilihat")
@command("reports.retry", place=programmes.place_of_programme, fields=("plugin", "place"))
def forget_failure(programme_id: int) -> ResponseReturnValue:
    """Take a plugin's failure off the list; it comes back when it happens again."""
    plugin_failures.forget_failure(
        db.session(), plugin=request.form.get("plugin", ""), place=request.form.get("place", "")
    )
    flash(_("Sudah dicatat. Bila terulang, ia tampil lagi."), "ok")
    return redirect(url_for("reports.control", programme_id=programme_id), 303)


@bp.get("/tahap/<int:stage_id>")
@page(SIGNED_IN)
def stage(stage_id: int) -> ResponseReturnValue:
    """One's own stage explained: each "belum" with its rule, what is missing and who acts."""
    session, actor = db.session(), current_actor()
    row = programmes.get_stage(session, stage_id)
    enrolment = programmes.enrolment_in(session, actor.person_id, programme_id=row.programme_id)
    if enrolment is None:
        raise NotFound(message("Tahap ini tidak ditemukan. Mulai lagi dari beranda."))
    states = {
        state.phase: state
        for state in completion.states_of_enrolment(session, enrolment.id)
        if state.stage_id == stage_id
    }
    school = {
        state.phase: state
        for state in completion.states_of_schools(
            session, programme_id=row.programme_id, school_ids=[enrolment.school_id]
        )
        if state.stage_id == stage_id
    }
    return render_template("reports/stage.html", stage=row, states=states, school=school, who=_who)


@bp.get("/guru-kami/<int:programme_id>/<int:school_id>")
@page("reports.behind", place=evidence.place_of_board)
def behind(programme_id: int, school_id: int) -> ResponseReturnValue:
    """Who of the school is behind, each with a reminder ready for WhatsApp."""
    session = db.session()
    found = our_teachers(
        session,
        programme_id=programme_id,
        school_id=school_id,
        address=platform().settings.public_url,
        now=now(),
    )
    school = people.get_school(session, school_id)
    return render_template("reports/behind.html", found=found, school=school, programme_id=programme_id)


@bp.get("/ruang-kendali/<int:programme_id>/rekap.xlsx")
@export("reports.export", place=programmes.place_of_programme)
def recap(programme_id: int) -> ResponseReturnValue:
    """Every participant: parts of the final score, predicate, complete or not."""
    return send_file(
        workbook(programme_id),
        as_attachment=True,
        download_name="rekap.xlsx",
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


@bp.get("/ruang-kendali/<int:programme_id>/tabel/<key>.<ending>")
@export("reports.export", place=programmes.place_of_programme)
def table(programme_id: int, key: str, ending: str) -> ResponseReturnValue:
    """A report of a plugin, for whoever has the permission that it names."""
    session = db.session()
    place = programmes.place_of_programme(session, programme_id)
    report = next((one for one in offered(place) if one.key == key), None)
    if report is None or ending not in MEDIA_TYPES:
        raise NotFound(message("Tabel ini tidak ditemukan. Kembali ke ruang kendali."))
    file = report_file(session, report, ending=ending, place=place, language=locale())
    return send_file(file, as_attachment=True, download_name=f"{key}.{ending}", mimetype=MEDIA_TYPES[ending])


def _control_home(actor: Actor) -> ResponseReturnValue:
    agencies = sorted({grant.agency_id for grant in actor.grants if grant.school_id is None})
    started = programmes.started_programmes(db.session(), agencies, now=now(), most=1)
    if started:
        return redirect(url_for("reports.control", programme_id=started[0].id))
    return render_template("reports/no_programme.html", to_dos=other_tasks(db.session(), actor, now()))


def _grader_home(actor: Actor) -> str:
    queue = grading.queue(db.session(), actor=actor)
    programme, _others = _programme_shown(actor)
    return render_template(
        "reports/grader.html",
        queue=queue,
        schools=_schools_of(actor, programme),
        to_dos=other_tasks(db.session(), actor, now()),
    )


def _wanted() -> int:
    """The programme that the address asks for (``?program=7``), 0 for none."""
    return request.args.get("program", 0, type=whole)


def _programme_shown(actor: Actor) -> tuple[programmes.Programme | None, list[programmes.Programme]]:
    """Of the programmes of the actor's agencies the one to show, and the others that run."""
    agencies = sorted({grant.agency_id for grant in actor.grants})
    started = programmes.started_programmes(db.session(), agencies, now=now())
    shown = next((entry for entry in started if entry.id == _wanted()), started[0] if started else None)
    running = [entry for entry in started if entry.status is programmes.ProgrammeStatus.RUNNING]
    return shown, [entry for entry in running if entry is not shown]


def _participant_home(
    actor: Actor, enrolment: programmes.Enrolment, others: list[programmes.Programme]
) -> str:
    session, moment = db.session(), now()
    others_do = other_tasks(session, actor, moment)
    found = participant_home(session, enrolment=enrolment, others=others_do, language=locale(), now=moment)
    place = Place(None, enrolment.school_id, enrolment.programme_id, actor.person_id)
    panels = plugins().ask("lms_panels", session=session, actor=actor, slot="teacher_home", place=place)
    return render_template(
        "reports/home.html",
        home=found,
        enrolment=enrolment,
        school=people.get_school(session, enrolment.school_id),
        panels=[panel for _name, some in panels for panel in some],
        who=_who,
        others=others,
        certificates=certificates.certificates_of_person(session, actor.person_id),
        leads=any(
            grant.role in {Role.QUALITY_TEAM, Role.HEADMASTER} and grant.school_id == enrolment.school_id
            for grant in actor.grants
        ),
    )


def _office_home(actor: Actor) -> str:
    """Aggregates of each school, without names and scores of people (requirement F1)."""
    number = page_number()
    programme, others = _programme_shown(actor)
    coming = other_tasks(db.session(), actor, now())
    if programme is None:
        return render_template("reports/schools.html", schools=[], who=_who, others=[], to_dos=coming)
    found = control_room(db.session(), programme_id=programme.id, page=number, now=now())
    return render_template(
        "reports/office.html",
        room=found,
        page=number,
        pages=pages(found.schools),
        others=others,
        to_dos=coming,
    )


def _schools_home(actor: Actor) -> str:
    programme, others = _programme_shown(actor)
    schools = _schools_of(actor, programme)
    card = (
        session_card(
            db.session(),
            programme=schools[0]["programme"],
            school_ids=[entry["school"].id for entry in schools],
            now=now(),
        )
        if schools and actor.has(Role.FACILITATOR)
        else None
    )
    return render_template(
        "reports/schools.html",
        schools=schools,
        taught=card,
        who=_who,
        others=others,
        to_dos=other_tasks(db.session(), actor, now()),
    )


def _schools_of(actor: Actor, programme: programmes.Programme | None) -> list[dict[str, Any]]:
    """The schools one is assigned to or works in, with where they stand now."""
    if programme is None:
        return []
    session, moment = db.session(), now()
    ids = sorted({grant.school_id for grant in actor.grants if grant.school_id is not None})
    schools = people.schools_by_id(session, ids)
    stages = programmes.stages_of(session, programme.id)
    current = programmes.current_stage(stages, moment)
    earlier = [stage for stage in stages if current and stage.no < current.no]
    states = {
        (row.school_id, row.stage_id): row
        for row in completion.states_of_schools(
            session, programme_id=programme.id, school_ids=ids, phases=False
        )
    }
    return [
        {
            "school": school,
            "programme": programme,
            "stage": current,
            "state": states.get((school.id, current.id)) if current else None,
            "late": [
                (stage, state)
                for stage in earlier
                if (state := states.get((school.id, stage.id))) is not None and not state.met
            ],
            "place": Place(school.agency_id, school.id, programme.id),
        }
        for school in sorted(schools.values(), key=lambda school: school.npsn)
    ]


def _who(role: str) -> str:
    words: dict[str, str] = {
        "teacher": _("guru"),
        "quality_team": _("TPMPS"),
        "headmaster": _("kepala sekolah"),
        "facilitator": _("fasilitator"),
        "grader": _("penilai LPMP"),
        "admin": _("admin LPMP"),
    }
    return words.get(role, role)
