"""An accepted plan on paper, and handed in as the evidence that its programme asks for."""

import io
import re
import zipfile
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update

from lms.api import Base, Localized, Role, Unit, db, storage
from lms.testing import write
from lms.testing.people import sign_in

TEXTS = {
    "objectives": "Siswa menganalisis #akibat *hilangnya* satu komponen.",
    "steps": "Pendahuluan 10 menit\nInti 50 menit",
    "assessment": "Rubrik",
}
TAGS = {"character": ["cooperative"], "literacy": ["numeracy"], "c4": ["critical"], "bloom": ["C4"]}
FULL = {f"crit-{code}": ["0", "1", "2", "3"] for code in ("T1", "L1", "N1")}
T = Base.metadata.tables


@pytest.fixture
def teacher(app: Flask, world: Any) -> FlaskClient:
    return sign_in(app, world.people[Role.TEACHER])


def accepted(app: Flask, teacher: FlaskClient, world: Any) -> str:
    """The address of a plan that the headmaster has accepted."""
    teacher.post(world.root, data={"kind": "one_page", "title": "Selokan: kelas V / 1"})
    plan = f"/m/lesson_planning/rencana/{db.session.scalar(select(func.max(T['document'].c.id)))}"
    db.session.remove()
    for key, text in TEXTS.items():
        teacher.post(f"{plan}/bagian/{key}/0", data={"text": text, "version": "0"})
    teacher.post(f"{plan}/bagian/heading/0", data={"title": "Selokan: kelas V / 1", "version": "1", **TAGS})
    assert teacher.post(f"{plan}/ajukan").status_code == 303
    head = sign_in(app, world.people[Role.HEADMASTER])
    assert (
        head.post(f"{plan}/telaah", data={**FULL, "version": "2", "decision": "accepted"}).status_code == 303
    )
    return plan


def ask_for_a_plan(world: Any) -> None:
    """The stage asks for a lesson plan."""
    title = Localized(id="RPP", en="Plan")
    with write() as session:
        session.execute(
            insert(T["deliverable_due"]).values(
                stage_id=world.stage_id,
                deliverable_key="lesson_planning.lesson_plan",
                title=title,
                unit=Unit.TEACHER,
                models_only=False,
                mandatory=True,
                position=1,
                due_at=datetime.fromisoformat("2020-10-23T16:00:00+07:00"),
            )
        )


def test_pdf_and_docx_hold_what_was_written(app: Flask, teacher: FlaskClient, world: Any) -> None:
    plan = accepted(app, teacher, world)
    pdf = teacher.get(f"{plan}/pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert "Rencana pembelajaran Selokan kelas V 1.pdf" in pdf.headers["Content-Disposition"]
    assert teacher.get(f"{plan}/pdf").data == pdf.data, "the same plan gives the same bytes"
    docx = teacher.get(f"{plan}/docx")
    with zipfile.ZipFile(io.BytesIO(docx.data)) as package:
        words = re.sub(r"<[^>]+>", " ", package.read("word/document.xml").decode())
    for text in ("Siswa menganalisis #akibat *hilangnya* satu komponen.", "Inti 50 menit", "Gotong royong"):
        assert text in words
    paper = teacher.get(f"{plan}/cetak").text
    assert "#akibat *hilangnya*" in paper


def test_a_plan_becomes_evidence_of_its_deliverable(app: Flask, teacher: FlaskClient, world: Any) -> None:
    plan = accepted(app, teacher, world)
    assert teacher.post(f"{plan}/bukti").status_code == 409, "the programme does not ask for it"
    ask_for_a_plan(world)
    for _twice in range(2):
        answer = teacher.post(f"{plan}/bukti")
        assert answer.status_code == 303
        page = teacher.get(answer.headers["Location"]).text
        assert f"Rencana pembelajaran Selokan kelas V 1 (no. {plan.rpartition('/')[2]}).pdf" in page
    files = db.session.execute(select(T["evidence_file"])).mappings().all()
    assert len(files) == 1
    with storage().open(files[0]["storage_key"]) as stream:
        assert stream.read(5) == b"%PDF-"
    entry = db.session.execute(
        select(T["audit_entry"]).where(T["audit_entry"].c.action == "documents.hand_in")
    ).first()
    assert entry is not None
    assert entry.actor_id == world.people[Role.TEACHER]


def test_only_the_older_pdf_of_the_same_plan_gives_way(app: Flask, teacher: FlaskClient, world: Any) -> None:
    """Two plans of one title, and a file somebody uploaded under the name of the first: all stay."""
    first, second = (accepted(app, teacher, world) for _plan in range(2))
    ask_for_a_plan(world)
    files = select(T["evidence_file"].c.name, T["evidence_file"].c.sha256).order_by(T["evidence_file"].c.id)

    def handed_in(plan: str) -> list[tuple[str, str]]:
        assert teacher.post(f"{plan}/bukti").status_code == 303
        db.session.remove()
        return [tuple(row) for row in db.session.execute(files)]

    names = [
        f"Rencana pembelajaran Selokan kelas V 1 (no. {plan.rpartition('/')[2]}).pdf"
        for plan in (first, second)
    ]
    ((_name, first_pdf),) = handed_in(first)
    assert [name for name, _sha256 in handed_in(second)] == names
    with write() as session:
        uploaded = dict(session.execute(select(T["evidence_file"]).limit(1)).mappings().one())
        del uploaded["id"]
        session.execute(
            insert(T["evidence_file"]).values(**{**uploaded, "name": names[0], "sha256": "0" * 64})
        )
        moved = T["document"].update().where(T["document"].c.id == int(first.rpartition("/")[2]))
        session.execute(moved.values(title="Selokan lain"))
    after = handed_in(first)
    assert [name for name, _sha256 in after] == [names[1], names[0], names[0].replace("kelas V 1", "lain")]
    assert after[1][1] == "0" * 64
    assert first_pdf not in {sha256 for _name, sha256 in after}


def test_what_is_not_accepted_is_no_evidence(app: Flask, teacher: FlaskClient, world: Any) -> None:
    plan = accepted(app, teacher, world)
    ask_for_a_plan(world)
    with write() as session:
        session.execute(update(T["document"]).values(state="needs_revision"))
    refused = teacher.post(f"{plan}/bukti")
    assert refused.status_code == 409
    assert "belum diterima" in refused.text
    assert "Jadikan bukti" not in teacher.get(plan).text
    head = sign_in(app, world.people[Role.HEADMASTER])
    assert head.post(f"{plan}/bukti").status_code == 403
