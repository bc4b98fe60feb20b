"""Two provinces, six schools and thirty-six, with certificates, an open quiz, and a person for each role."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from imbas_demo.province import populate
from imbas_demo.story import STORY_ENDS, STORY_MIDDLE
from sqlalchemy import select, update

from lms.assessment import api as assessment
from lms.certificates import api as certificates
from lms.completion import api as completion
from lms.contract.actors import Role
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.people import api as people
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.platform.outbox import Outbox
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.reports import calendar_feed
from lms.settings import Settings
from lms.testing.apps import make_app

SMALL, LARGE = 6, 36
WHO: dict[str, tuple[str, ...]] = {
    Role.TEACHER.value: ("s0001.guru1", "s0001.guru5"),
    Role.QUALITY_TEAM.value: ("s0001.tpmps1", "s0006.tpmps1"),
    Role.HEADMASTER.value: ("s0001.kepala",),
    Role.OPERATOR.value: ("s0001.operator",),
    Role.FACILITATOR.value: ("fasilitator.p1",),
    Role.SUPERVISOR.value: ("pengawas.p1",),
    Role.GRADER.value: ("penilai.p1",),
    Role.ADMIN.value: ("lpmp.admin",),
    Role.AGENCY_HEAD.value: ("lpmp.kepala",),
    Role.EDUCATION_OFFICE.value: ("dinas",),
    "public": (),
}
"""Who looks, by role. The second ones have a draft where the first ones have handed in."""


@dataclass(frozen=True)
class Province:
    app: Flask
    programme_id: int
    people: dict[str, tuple[int, ...]]
    starts: tuple[str, ...]


@pytest.fixture(scope="session")
def settled(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[int], Province]]:
    """``settled(schools)``: a province of that size, made once."""
    databases = request.getfixturevalue(f"{database_kind}_databases")
    made: dict[int, Province] = {}
    urls: list[str] = []

    def settle(schools: int) -> Province:
        if schools not in made:
            urls.append(databases.fresh())
            made[schools] = _settle(urls[-1], tmp_path_factory.mktemp("province"), schools)
        return made[schools]

    yield settle
    for province in made.values():
        with province.app.app_context():
            db.session.remove()
            db.engine.dispose()
    for url in urls:
        databases.drop(url)


@pytest.fixture
def small(settled: Callable[[int], Province]) -> Province:
    return settled(SMALL)


@pytest.fixture
def large(settled: Callable[[int], Province]) -> Province:
    return settled(LARGE)


def _settle(url: str, folder: Path, schools: int) -> Province:
    settings = Settings(
        data=folder,
        database_url=url,
        secret_key="k" * 40,
        environment="test",
        require_totp=False,
        public_url="http://localhost",
    )
    app = make_app(settings, clock=lambda: STORY_MIDDLE)
    populate(app, schools=schools, say=lambda _line: None)
    platform(app).outbox = Outbox((), wake=lambda: None)
    with app.app_context():
        session = db.session()
        ids = {
            role: tuple(people.person_by_username(session, name).id for name in names)
            for role, names in WHO.items()
        }
        teacher, admin = ids[Role.TEACHER.value][0], ids[Role.ADMIN.value][0]
        enrolment = programmes.enrolment_of(session, teacher, now=STORY_MIDDLE)
        assert enrolment is not None
        session.rollback()
        attempt_id = _open_quiz(enrolment)
        code = _certify(enrolment, admin)
        starts = _starts(enrolment, attempt_id, code)
        db.session.remove()
    return Province(app, enrolment.programme_id, ids, starts)


def _starts(enrolment: programmes.Enrolment, attempt_id: int, code: str) -> tuple[str, ...]:
    """Addresses that open after a press only, for whoever may open them."""
    session = db.session()
    programme = f"{enrolment.programme_id}"
    photo = session.scalars(select(evidence.EvidenceFile.id).limit(1)).one()
    certificate = certificates.certificates_of_person(session, enrolment.person_id)[0]
    of_person = modules.placements_of(
        session, [stage.id for stage in programmes.stages_of(session, enrolment.programme_id)]
    )
    waiting = (evidence.SubmissionStatus.SUBMITTED, assessment.AttemptState.AWAITING_MARK)
    pieces = session.scalars(
        select(evidence.Submission.id).where(
            evidence.Submission.status == waiting[0], evidence.Submission.school_id == enrolment.school_id
        )
    )
    essays = session.scalars(
        select(assessment.Attempt.id)
        .join(programmes.Enrolment, programmes.Enrolment.id == assessment.Attempt.enrolment_id)
        .where(assessment.Attempt.state == waiting[1], programmes.Enrolment.school_id == enrolment.school_id)
    )
    document = Base.metadata.tables["document"]
    written = session.execute(
        select(document.c.id, document.c.type_key, document.c.state).order_by(document.c.id)
    ).all()
    with write() as writing:
        calendar_feed.renew(writing, person_id=enrolment.person_id, now=STORY_MIDDLE)
    calendar = calendar_feed.address_of(session, enrolment.person_id)
    return (
        "/masuk",
        "/masuk/kode",
        "/pemberitahuan/surel",
        "/pemberitahuan/surel/tautan",
        f"/agenda/{calendar}.ics",
        "/gaya",
        f"/v/{code}",
        "/akun/saya/sandi",
        "/livez",
        "/readyz",
        "/metrics",
        "/sw.js",
        "/tanpa-sinyal",
        "/tanpa-sinyal/siapa",
        f"/kuis/kerja/{attempt_id}/1",
        f"/kuis/kerja/{attempt_id}/periksa",
        f"/kuis/kerja/{attempt_id}/status",
        f"/kuis/kerja/{attempt_id}/1/terakhir",
        f"/bukti/berkas/{photo}/kecil",
        f"/nilai/{pieces.first()}",
        f"/uraian/{essays.first()}",
        f"/sertifikat/{certificate.id}/ubah",
        f"/sertifikat/program/{programme}/status",
        f"/program/{programme}/tahap/1/batas/status",
        f"/kuis/nilai-ulang/{programme}/status",
        f"/sertifikat/program/{programme}/terbitkan",
        f"/sertifikat/program/{programme}?daftar=terbit",
        f"/sertifikat/program/{programme}/zip",
        *(f"/m/{row.module_key}/{row.id}" for row in of_person),
        *(
            f"/m/lesson_planning/rencana/{row.id}/{page}"
            for row in written
            if row.type_key == "lesson_planning.plan"
            for page in {"draft": ("bagian/steps/0",), "accepted": ("versi/1/0",)}.get(row.state, ())
        ),
        *(
            f"/m/hots_assessment/kartu/{row.id}/{page}"
            for row in [row for row in written if row.type_key == "hots_assessment.card"][:6]
            for page in {"accepted": ("bagian/item/0", "versi/1/0")}.get(row.state, ())
        ),
        *(
            f"/m/program_unggulan/rencana/{row.id}/{page}"
            for row in written
            if row.type_key == "program_unggulan.plan"
            for page in {
                "draft": ("bagian/plan/0",),
                "in_review": ("telaah",),
                "accepted": ("versi/1/0", "versi"),
            }.get(row.state, ())
        ),
    )


def _open_quiz(enrolment: programmes.Enrolment) -> int:
    with write() as session:
        taken = {attempt.quiz_id for attempt in assessment.attempts_of(session, enrolment.id)}
        stages = [stage.id for stage in programmes.stages_of(session, enrolment.programme_id)]
        quiz = next(
            quiz
            for quiz in assessment.quizzes_of(session, stages)
            if quiz.id not in taken and quiz.opens_at < STORY_MIDDLE
        )
        return assessment.start_attempt(session, quiz_id=quiz.id, enrolment=enrolment, now=STORY_MIDDLE)


def _certify(enrolment: programmes.Enrolment, admin: int) -> str:
    """One of each school, and the teacher who looks, have certificates; the teacher's is printed."""
    with write() as session:
        state = completion.CompletionState
        rows = session.scalars(
            select(state)
            .where(
                state.programme_id == enrolment.programme_id,
                state.stage_id.is_(None),
                state.enrolment_id.is_not(None),
            )
            .order_by(state.school_id, state.enrolment_id)
        ).all()
        chosen = [next(some) for _school, some in itertools.groupby(rows, key=lambda row: row.school_id)]
        chosen += [row for row in rows if row.enrolment_id == enrolment.id]
        session.execute(update(state).where(state.id.in_([row.id for row in chosen])).values(met=True))
        for row in chosen[1:]:  # the first one is ready, and waits
            issued = certificates.issue_one(
                session,
                programme_id=row.programme_id,
                school_id=row.school_id,
                enrolment_id=row.enrolment_id,
                actor_id=admin,
                now=STORY_ENDS,
            )
        issued_id, code = issued.id, issued.code
    pdf = certificates.make_pdf(db.session(), certificate_id=issued_id)
    with write() as session:
        certificates.print_certificate(session, certificate_id=issued_id, pdf=pdf)
    return code
