"""The item analysis from stored answers to the page; numbers computed by hand."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from imbas_hots_assessment import analysis
from imbas_hots_assessment.models import QuizAnalysis
from sqlalchemy import event, func, insert, select

from lms.api import Base, ItemSpec, Localized, Place, Role, db, load_quiz
from lms.testing import write
from lms.testing.people import make_person, sign_in

MOMENT = datetime(2020, 9, 28, 3, 0, tzinfo=UTC)
QUIZ = load_quiz(files("imbas_hots_assessment") / "content" / "quiz.yaml")
CHOSEN = tuple(
    next(item for item in QUIZ.items if item.type == kind)
    for kind in ("mc_single", "mc_multiple", "hots_assessment.category_table", "essay")
)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def put(session: Any, name: str, **values: Any) -> int:
    """One row of a core table; its id, or the first part of its key."""
    row = session.execute(insert(Base.metadata.tables[name]).values(**values)).inserted_primary_key
    return int(row[0])


def quiz_with(session: Any, world: Any, people: int, *, unmarked: int = 0) -> int:
    """A quiz of four items that ``people`` took: the first half knows everything, the rest nothing."""
    quiz_id = put(
        session,
        "quiz",
        placement_id=world.placement_id,
        stage_id=world.stage_id,
        key="hots_assessment.quiz",
        title=Localized(id="Kuis penilaian HOTS", en="Quiz"),
        minutes=60,
        attempts=2,
        opens_at=MOMENT,
        due_at=MOMENT,
        release="on_scored",
        edition=1,
        digest="x",
    )
    items = [
        put(
            session,
            "item",
            quiz_id=quiz_id,
            edition=1,
            position=at,
            key=item.key,
            type=item.type,
            bloom=item.bloom.value,
            competence=Localized(id="A"),
            maximum=item.maximum,
            body=dict(item.body),
            secret=dict(item.secret),
        )
        for at, item in enumerate(CHOSEN, start=1)
    ]
    for number in range(people):
        person = make_person(session)
        enrolment_id = put(
            session,
            "enrolment",
            programme_id=world.programme_id,
            person_id=person.id,
            school_id=world.school_id,
            role="teacher",
            enrolled_at=MOMENT,
        )
        attempt_id = put(
            session,
            "attempt",
            quiz_id=quiz_id,
            enrolment_id=enrolment_id,
            person_id=person.id,
            no=1,
            edition=1,
            state="scored",
            started_at=MOMENT,
            deadline_at=MOMENT,
            submitted_at=MOMENT,
            receipt="",
            by_time=False,
            scored_at=MOMENT,
            earned=Decimal(0),
            maximum=Decimal(0),
            percent=Decimal(0),
            provisional=False,
            result={},
        )
        knows = number < people // 2
        for at, (item_id, item) in enumerate(zip(items, CHOSEN, strict=True)):
            waits = item.type == "essay" and number < unmarked
            put(
                session,
                "answer",
                attempt_id=attempt_id,
                item_id=item_id,
                value=answer(item, knows),
                doubtful=False,
                saved_at=MOMENT,
            )
            earned = item.maximum if knows else Decimal(0)
            put(
                session,
                "answer_score",
                attempt_id=attempt_id,
                item_id=item_id,
                scorer=f"test/{at}",
                earned=None if waits else earned,
                maximum=item.maximum,
            )
    return quiz_id


def answer(item: ItemSpec, knows: bool) -> Any:
    if knows:
        return item.secret.get("key", "Jawaban")
    return {"mc_single": "a", "mc_multiple": ["a"], "essay": None}.get(item.type)


@pytest.fixture
def quiz_id(world: Any) -> int:
    with write() as session:
        found = quiz_with(session, world, 32)
    db.session.remove()
    return found


def test_from_answers_to_the_page(app: Flask, world: Any, quiz_id: int) -> None:
    admin = sign_in(app, world.people[Role.ADMIN])
    home = f"/m/hots_assessment/analisis/{world.programme_id}"
    assert f"{home}" in text_of(admin.get(f"/m/hots_assessment/{world.placement_id}"))
    assert "Belum dihitung" in text_of(admin.get(home))
    assert "belum dihitung" in text_of(admin.get(f"{home}/{quiz_id}"))
    assert admin.post(f"{home}/{quiz_id}").status_code == 303
    page = text_of(admin.get(f"{home}/{quiz_id}"))
    for words in (
        "dari 32 peserta",
        "Alpha Cronbach",
        "0,50",
        "sedang",
        "1,00",
        "sangat baik",
        "Lebih banyak dipilih kelompok atas",
        "50,0 %",
        "Tingkat kesukaran (p): poin yang diperoleh",
    ):
        assert (words in page) is (words != "Lebih banyak dipilih kelompok atas")
    assert "Baca angka" not in page
    assert "baik sekali" in text_of(admin.get(f"{home}/{quiz_id}?skema=arikunto"))
    assert "Sudah dihitung" in text_of(admin.get(home))
    room = text_of(admin.get(f"/ruang-kendali/{world.programme_id}"))
    assert "Sudah dihitung: 1 dari 1 kuis" in room


def test_what_is_kept_is_what_a_hand_computes(app: Flask, world: Any, quiz_id: int) -> None:
    result = analysis.compute(db.session(), programme_id=world.programme_id, quiz_id=quiz_id)
    assert (result["participants"], result["group"]) == (32, 16)
    assert [item["difficulty"] for item in result["items"]] == ["0.50"] * 4
    assert [item["discrimination"] for item in result["items"]] == ["1.00"] * 4
    assert [item["correlation"] for item in result["items"]] == ["1.00"] * 4
    single, multiple, table, _essay = result["items"]
    counts = {line["id"]: (line["count"], line["key"], line["works"]) for line in single["options"]}
    assert counts == {
        "a": (16, False, True),
        "b": (0, False, False),
        "c": (0, False, False),
        "d": (16, True, True),
    }
    assert [line["id"] for line in multiple["options"] if line["key"]] == list(CHOSEN[1].secret["key"])
    assert {line["percent"] for line in table["rows"]} == {"50.00"}
    # maxima 1, 1, 2, 12: variances are a quarter of their squares, the total's that of 16
    maxima = [int(item.maximum) for item in CHOSEN]
    alpha = Decimal(4) / 3 * (1 - Decimal(sum(top * top for top in maxima)) / sum(maxima) ** 2)
    assert Decimal(result["alpha"]) == alpha.quantize(Decimal("0.01"))


def test_a_second_attempt_says_nothing_about_the_items(app: Flask, world: Any, quiz_id: int) -> None:
    """Those who knew nothing try again and know everything: p stays as it was the first time."""
    with write() as session:
        attempts, scores = (Base.metadata.tables[name] for name in ("attempt", "answer_score"))
        for row in session.execute(select(attempts).order_by(attempts.c.id).offset(16)).mappings().all():
            values = {**row, "no": 2}
            del values["id"]
            again = put(session, "attempt", **values)
            for score in (
                session.execute(select(scores).where(scores.c.attempt_id == row["id"])).mappings().all()
            ):
                put(session, "answer_score", **{**score, "attempt_id": again, "earned": score["maximum"]})
    db.session.remove()
    result = analysis.compute(db.session(), programme_id=world.programme_id, quiz_id=quiz_id)
    assert result["participants"] == 32
    assert [item["difficulty"] for item in result["items"]] == ["0.50"] * 4


def test_unmarked_essays_stay_out(app: Flask, world: Any) -> None:
    with write() as session:
        quiz_id = quiz_with(session, world, 24, unmarked=3)
    result = analysis.compute(db.session(), programme_id=world.programme_id, quiz_id=quiz_id)
    assert [item["pending"] for item in result["items"]] == [0, 0, 0, 3]
    assert result["items"][3]["difficulty"] is None
    db.session.remove()
    admin = sign_in(app, world.people[Role.ADMIN])
    address = f"/m/hots_assessment/analisis/{world.programme_id}/{quiz_id}"
    admin.post(address)
    page = text_of(admin.get(address))
    assert "3 menunggu penilai" in page
    assert "Baca angka dengan hati-hati" in page


def test_too_few_people_get_figures_without_labels(app: Flask, world: Any) -> None:
    with write() as session:
        quiz_id = quiz_with(session, world, 8)
    db.session.remove()
    admin = sign_in(app, world.people[Role.ADMIN])
    address = f"/m/hots_assessment/analisis/{world.programme_id}/{quiz_id}"
    admin.post(address)
    page = text_of(admin.get(address))
    assert "Data belum cukup" in page
    assert "0,50" in page
    assert "sedang" not in page
    rows = list(analysis.report_rows(db.session(), Place(programme_id=world.programme_id)))
    assert rows[0][8:10] == ("", "")


def test_nobody_took_it_yet(app: Flask, world: Any) -> None:
    with write() as session:
        quiz_id = quiz_with(session, world, 0)
    db.session.remove()
    admin = sign_in(app, world.people[Role.ADMIN])
    refused = admin.post(f"/m/hots_assessment/analisis/{world.programme_id}/{quiz_id}")
    assert refused.status_code == 409
    assert "Belum ada hasil kuis" in text_of(refused)
    assert db.session.scalar(select(func.count()).select_from(QuizAnalysis)) == 0


def test_the_table_to_download(app: Flask, world: Any, quiz_id: int) -> None:
    session = db.session()
    assert list(analysis.report_rows(session, Place(programme_id=world.programme_id))) == []
    assert list(analysis.report_rows(session, Place())) == []
    result = analysis.compute(session, programme_id=world.programme_id, quiz_id=quiz_id)
    session.rollback()
    with write() as writing:
        analysis.store(
            writing, programme_id=world.programme_id, quiz_id=quiz_id, result=result, actor=None, now=MOMENT
        )
    rows = list(analysis.report_rows(db.session(), Place(programme_id=world.programme_id)))
    assert len(rows) == 4
    assert rows[0][4:] == (
        32,
        Decimal("0.50"),
        Decimal("1.00"),
        Decimal("1.00"),
        Localized(id="sedang", en="medium"),
        Localized(id="sangat baik", en="very good"),
        "b, c",
    )


ANALYSTS = {Role.ADMIN, Role.AGENCY_HEAD, Role.GRADER, Role.FACILITATOR}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.EDUCATION_OFFICE}))
def test_who_may_see_an_analysis(app: Flask, world: Any, quiz_id: int, role: Role) -> None:
    browser = sign_in(app, world.people[role])
    home = f"/m/hots_assessment/analisis/{world.programme_id}"
    wanted = 200 if role in ANALYSTS else 403
    assert browser.get(home).status_code == wanted
    assert browser.get(f"{home}/{quiz_id}").status_code == wanted
    assert browser.post(f"{home}/{quiz_id}").status_code == (303 if role in ANALYSTS else 403)


def test_another_agency_and_unknown_quizzes(app: Flask, world: Any, quiz_id: int) -> None:
    far = sign_in(app, world.far_admin)
    home = f"/m/hots_assessment/analisis/{world.programme_id}"
    assert far.get(f"{home}/{quiz_id}").status_code == 403
    admin = sign_in(app, world.people[Role.ADMIN])
    assert admin.get(f"{home}/99999").status_code == 404
    assert admin.post(f"{home}/99999").status_code == 404
    assert admin.get("/m/hots_assessment/analisis/99999").status_code == 404


def test_the_page_costs_the_same_with_more_answers(app: Flask, world: Any, quiz_id: int) -> None:
    admin = sign_in(app, world.people[Role.ADMIN])
    address = f"/m/hots_assessment/analisis/{world.programme_id}/{quiz_id}"
    admin.post(address)
    found: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: found.append(arguments[2]))
    admin.get(address)
    selects = [statement for statement in found if statement.startswith("SELECT")]
    assert len(selects) <= 12
    assert not any("answer_score" in statement for statement in selects)
