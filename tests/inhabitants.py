"""Two agencies at work: three schools with quizzes taken, evidence, certificates, and plugins' work.

For tests that walk every page: what is mine, my school's, another school's, another province's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from flask import Flask
from imbas_demo import papers
from imbas_demo.answers import fields_for
from imbas_demo.cast import School, source
from imbas_demo.habits import luck
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.certificates import api as certificates
from lms.completion import api as completion
from lms.contract.actors import Role
from lms.contract.files import FILE_KINDS
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.people import api as people
from lms.platform.db import db
from lms.platform.outbox import drain
from lms.platform.plugins import plugins, registry
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.testing.people import make_agency, make_person, make_school

BEGUN = datetime(2020, 9, 1, 2, 0, tzinfo=UTC)
WORKED = datetime(2020, 9, 14, 3, 0, tzinfo=UTC)
TODAY = datetime(2020, 11, 20, 2, 0, tzinfo=UTC)
"""When the world stands still: three stages have begun."""
CERTIFIED = datetime(2020, 12, 1, 2, 0, tzinfo=UTC)
"""When the programmes have ended, and certificates were issued all the same: what pages show must be complete."""
TEACHERS = 6


@dataclass(frozen=True, slots=True)
class Corner:
    """A school with its people by role, in a programme of its agency."""

    agency_id: int
    programme_id: int
    school: School
    people: Mapping[Role, int]

    @property
    def participants(self) -> tuple[int, ...]:
        """Who takes quizzes: two teachers, one of the quality team, the headmaster."""
        return (*self.school.teachers[:2], self.school.quality_team[0], self.school.headmaster)


@dataclass(frozen=True, slots=True)
class Province:
    """``own`` and ``other`` belong to one agency, ``far`` to another."""

    own: Corner
    other: Corner
    far: Corner


def settle(app: Flask) -> Province:
    """Fill an empty, migrated database; at the end the clock must be set to ``TODAY``."""
    with app.app_context():
        with write() as session:
            near, far = make_agency(session), make_agency(session)
            own, other = _corners(session, near, ("Satu", "Dua"))
            (away,) = _corners(session, far, ("Jauh",))
            found = Province(own, other, away)
        drain(lambda: BEGUN)
        for corner in (own, other, away):
            _work(corner)
        for corners in ((own, other), (away,)):
            _tell(corners)
        for corner in (own, other, away):
            _certify(corner)
        with write() as session:
            for corner in (own, away):
                told = certificates.forecast(session, programme_id=corner.programme_id, now=CERTIFIED)
                certificates.order(
                    session,
                    programme_id=corner.programme_id,
                    actor_id=corner.people[Role.ADMIN],
                    confirmed=(told.count, told.first),
                    now=CERTIFIED,
                )
        drain(lambda: CERTIFIED)
        db.session.remove()
    return found


def _corners(session: Session, agency: people.Agency, names: tuple[str, ...]) -> Iterator[Corner]:
    admin = make_person(session, Role.ADMIN, agency=agency).id
    programme = programmes.create_programme(
        session, agency_id=agency.id, definition=_definition(), actor_id=admin, now=BEGUN
    )
    office = {
        Role.ADMIN: admin,
        Role.AGENCY_HEAD: make_person(session, Role.AGENCY_HEAD, agency=agency).id,
        Role.EDUCATION_OFFICE: make_person(session, Role.EDUCATION_OFFICE, agency=agency).id,
    }
    for name in names:
        row = make_school(session, agency, name=f"SD Negeri {name}")
        by_role = {role: make_person(session, role, school=row).id for role in _IN_SCHOOL}
        school = School(
            row.id,
            row.short_name,
            "model",
            by_role[Role.HEADMASTER],
            by_role[Role.OPERATOR],
            [by_role[Role.QUALITY_TEAM]],
            [
                by_role[Role.TEACHER],
                *(make_person(session, Role.TEACHER, school=row).id for _ in range(TEACHERS - 1)),
            ],
            by_role[Role.FACILITATOR],
            by_role[Role.GRADER],
        )
        programmes.add_school(
            session, programme_id=programme.id, school_id=row.id, kind=programmes.SchoolKind.MODEL, now=BEGUN
        )
        programmes.enrol(
            session,
            programme_id=programme.id,
            now=BEGUN,
            people_roles=[
                (school.headmaster, row.id, Role.HEADMASTER),
                (school.quality_team[0], row.id, Role.QUALITY_TEAM),
                *((teacher, row.id, Role.TEACHER) for teacher in school.teachers),
            ],
        )
        yield Corner(agency.id, programme.id, school, {**by_role, **office})


_IN_SCHOOL = (
    Role.TEACHER,
    Role.QUALITY_TEAM,
    Role.HEADMASTER,
    Role.OPERATOR,
    Role.FACILITATOR,
    Role.SUPERVISOR,
    Role.GRADER,
)


def _definition() -> programmes.Definition:
    """The demonstration's programme, as far as the installed modules go."""
    whole = programmes.load_yaml(source("programme.yaml").read_text("utf-8"))
    known = registry()
    stages = tuple(
        stage.model_copy(
            update={
                "materials": tuple(
                    line for line in stage.materials if not line.module or line.module in known.module_types
                ),
                "deliverables": tuple(line for line in stage.deliverables if line.key in known.deliverables),
                "rules": tuple(line for line in stage.rules if line.rule in known.completion_rules),
            }
        )
        for stage in whole.stages
    )
    sections = {key: values for key, values in whole.sections.items() if key in known.sections}
    return whole.model_copy(update={"stages": stages, "sections": sections})


def _work(corner: Corner) -> None:
    with write() as session:
        stage = programmes.stages_of(session, corner.programme_id)[0]
        for taught in programmes.sessions_of(session, [stage.id])[:1]:
            rows = programmes.enrolments(
                session, programme_id=corner.programme_id, school_ids=[corner.school.id]
            )
            entries = {row.id: programmes.Presence(programmes.AttendanceStatus.PRESENT, 130) for row in rows}
            programmes.record_attendance(
                session, session_id=taught.id, entries=entries, actor_id=corner.school.facilitator, now=WORKED
            )
        for quiz in assessment.quizzes_of(session, [stage.id])[:1]:
            for person_id in corner.participants:
                _take(session, quiz.id, person_id)
        _hand_in(session, corner)
    drain(lambda: WORKED)


def _take(session: Session, quiz_id: int, person_id: int) -> None:
    enrolment = programmes.enrolment_of(session, person_id, now=WORKED)
    assert enrolment is not None
    attempt = assessment.start_attempt(session, quiz_id=quiz_id, enrolment=enrolment, now=WORKED)
    given = {
        item.position: fields_for(item, True, luck("province", item.key))
        for item in assessment.quiz_items(session, quiz_id)
    }
    assessment.save_answers(session, attempt_id=attempt, given=given, doubtful={}, now=WORKED)
    assessment.submit_attempt(session, attempt_id=attempt, now=WORKED)


def _hand_in(session: Session, corner: Corner) -> None:
    """A photo in the school's first product, and in the first own product of two teachers; one is on its way."""
    stages = [row.id for row in programmes.stages_of(session, corner.programme_id)]
    dues = evidence.dues_of(session, stages)
    schools = [row for row in dues if row.unit is Unit.SCHOOL]
    for due in schools[:1]:
        _product(session, corner, due, None, corner.school.quality_team[0], corner.school.headmaster)
    for due in schools[1:][-1:]:  # without modules there is one
        _on_the_way(session, corner, due)
    for due in [row for row in dues if row.unit is not Unit.SCHOOL][:1]:
        for teacher in corner.school.teachers[:2]:
            enrolment = programmes.enrolment_of(session, teacher, now=WORKED)
            assert enrolment is not None
            _product(session, corner, due, enrolment.id, teacher, teacher)


def _product(
    session: Session, corner: Corner, due: evidence.Assignment, enrolment_id: int | None, by: int, sender: int
) -> None:
    row = evidence.open_submission(
        session, due_id=due.id, school_id=corner.school.id, enrolment_id=enrolment_id, now=WORKED
    )
    wanted = registry().deliverables[due.deliverable_key]
    name, body = papers.paper(
        wanted.media_types, title=due.title.in_("id"), school=corner.school.name, when=WORKED, version=1
    )
    stored = evidence.store_file(
        evidence.check_own_file(name, body, kinds=wanted.media_types, max_bytes=wanted.max_bytes)
    )
    evidence.add_file(session, submission_id=row.id, stored=stored, actor_id=by, now=WORKED)
    evidence.hand_in(
        session, submission_id=row.id, actor=people.actor_of(session, sender, WORKED), now=WORKED
    )


def _on_the_way(session: Session, corner: Corner, due: evidence.Assignment) -> None:
    """Files that each of the school's people has begun to send; nothing has arrived yet."""
    row = evidence.open_submission(
        session, due_id=due.id, school_id=corner.school.id, enrolment_id=None, now=TODAY
    )
    kind = FILE_KINDS[min(registry().deliverables[due.deliverable_key].media_types)]
    for person_id in (corner.school.quality_team[0], corner.school.headmaster):
        evidence.begin_upload(
            session,
            upload_id=evidence.new_upload_id(),
            submission_id=row.id,
            person_id=person_id,
            name=f"bukti.{kind.extensions[0]}",
            size=1000,
            sha256="",
            sent_metadata="",
            now=TODAY,
        )


def _tell(corners: tuple[Corner, ...]) -> None:
    """What the plugins' own stories say about these schools."""
    programme_id = corners[0].programme_id
    places = tuple(corner.school.as_place() for corner in corners)
    asked = plugins().ask("lms_story", session=db.session(), programme_id=programme_id, schools=places)
    db.session.rollback()
    events = sorted((event for _name, some in asked for event in some), key=lambda event: event[0])
    for moment, act in events:
        if moment <= TODAY:
            with write() as session:
                act(session, moment)


_PASSED = {
    "met": True,
    "fraction": Decimal(1),
    "reasons": [],
    "changed_at": TODAY,
    "scores": {
        "activity": "90.00",
        "quizzes": "80.00",
        "products": "85.00",
        "final": "85.00",
        "predicate": "Baik",
    },
}


def _certify(corner: Corner) -> None:
    """Certificates of a teacher and of the school; another teacher's is ordered, so there is a batch."""
    with write() as session:
        owners = [
            programmes.enrolment_of(session, teacher, now=WORKED) for teacher in corner.school.teachers[:2]
        ]
        first, second = (owner.id for owner in owners if owner)
        for enrolment_id in (first, None, second):
            _pass(session, corner, enrolment_id)
        for enrolment_id in (first, None):
            certificates.issue_one(
                session,
                programme_id=corner.programme_id,
                school_id=corner.school.id,
                enrolment_id=enrolment_id,
                actor_id=corner.people[Role.ADMIN],
                now=CERTIFIED,
            )


def _pass(session: Session, corner: Corner, enrolment_id: int | None) -> None:
    """All conditions are met, whatever was done."""
    table = completion.CompletionState.__table__
    key = {
        "programme_id": corner.programme_id,
        "school_id": corner.school.id,
        "stage_id": None,
        "phase": "",
        "enrolment_id": enrolment_id,
    }
    same = [table.c[name] == value for name, value in key.items()]
    session.execute(table.delete().where(*same))  # type: ignore[attr-defined]
    session.execute(insert(table).values(**key, **_PASSED))  # type: ignore[arg-type]
