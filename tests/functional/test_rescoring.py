"""A rule of scoring was mended: the admin sees what changes, uses it, and nobody's result goes down."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from lms.assessment import rescoring
from lms.assessment.models import Answer, AnswerScore, Attempt, AttemptState, Item, Quiz
from lms.assessment.score_attempts import score_attempt
from lms.assessment.submitting import submit_attempt
from lms.contract.actors import Role
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.outbox import drain
from lms.platform.transaction import write
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules


@pytest.fixture
def attempts(
    site_both: Flask, province_both: Province, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, int]:
    """Two results of one quiz by the old rule: a right answer that got nothing, a wrong one that got its points."""
    clock.set(TODAY)
    platform(site_both).clock = clock
    monkeypatch.setattr(rescoring, "SLICE", 1)
    with write() as session:
        mine = session.scalars(
            select(Attempt)
            .join(Item, (Item.quiz_id == Attempt.quiz_id) & (Item.edition == Attempt.edition))
            .where(Item.type == "short_answer", Attempt.person_id.in_(province_both.own.participants))
            .order_by(Attempt.quiz_id, Attempt.id)
        ).all()
        one, other = next((a, b) for a in mine for b in mine if a.quiz_id == b.quiz_id and a.id < b.id)
        item = session.scalars(
            select(Item).where(
                Item.quiz_id == one.quiz_id, Item.edition == one.edition, Item.type == "short_answer"
            )
        ).first()
        assert item
        for attempt, typed in (
            (one, f" {str(item.secret['accept'][0]).upper()}. "),
            (other, "sama sekali lain"),
        ):
            session.merge(
                Answer(attempt_id=attempt.id, item_id=item.id, value=typed, doubtful=False, saved_at=TODAY)
            )
            if attempt.state == AttemptState.IN_PROGRESS:
                submit_attempt(session, attempt_id=attempt.id, now=TODAY)
            score_attempt(session, attempt_id=attempt.id, now=TODAY)
        for attempt, points in ((one, Decimal(0)), (other, item.maximum)):
            row = session.get_one(AnswerScore, (attempt.id, item.id))
            change = points - (row.earned or 0)
            row.scorer, row.earned = "short_answer/1", points
            attempt.earned += change
            attempt.percent = (attempt.earned * 100 / attempt.maximum).quantize(Decimal("0.01"))
        session.get_one(Quiz, one.quiz_id).scorers = {}
        found = one.id, other.id
    drain(clock)
    db.session.remove()
    return found


def percents(*attempt_ids: int) -> list[Decimal]:
    db.session.remove()
    return [db.session.get_one(Attempt, attempt_id).percent for attempt_id in attempt_ids]


def work(clock: FixedClock) -> None:
    """The worker does all that waits."""
    db.session.remove()
    drain(clock)
    db.session.remove()


def test_results_are_looked_at_then_raised_and_never_lowered(
    site_both: Flask, province_both: Province, attempts: tuple[int, int], clock: FixedClock
) -> None:
    own = province_both.own
    admin, address = sign_in(site_both, own.people[Role.ADMIN]), f"/kuis/nilai-ulang/{own.programme_id}"
    before = percents(*attempts)
    assert "Lihat apa yang berubah" in admin.get(address).text
    assert admin.post(f"{address}/pakai").status_code == 404, "nothing was looked at"

    assert admin.post(f"{address}/lihat").status_code == 303
    assert admin.get(f"{address}/status").json["done"] is False
    work(clock)
    assert admin.get(f"{address}/status").json["done"] is True
    page = admin.get(address).text
    assert "Pakai nilai yang naik" in page
    assert "Dibiarkan seperti semula" in page
    assert percents(*attempts) == before, "looking changes nothing"

    for _twice in range(2):
        assert admin.post(f"{address}/pakai").status_code == 303
    work(clock)
    raised, kept = percents(*attempts)
    assert raised > before[0]
    assert kept == before[1]
    assert "Semua hasil kuis sudah dinilai dengan aturan terbaru" in admin.get(address).text
    assert admin.post(f"{address}/lihat").status_code == 409
    attempt = db.session.get_one(Attempt, attempts[0])
    owner = sign_in(site_both, attempt.person_id)
    assert "Nilai semula" in owner.get(f"/kuis/hasil/{attempts[0]}").text
    told = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.action == "assessment.rescore", AuditEntry.subject_id == attempts[0]
        )
    ).all()
    assert [entry.subject_kind for entry in told].count("attempt") == 1


def test_a_run_that_was_killed_goes_on_where_it_stood(
    site_both: Flask,
    province_both: Province,
    attempts: tuple[int, int],
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    programme_id = province_both.own.programme_id
    with write() as session:
        rescoring.look(
            session, programme_id=programme_id, actor_id=province_both.own.people[Role.ADMIN], now=TODAY
        )
        run_id = rescoring.newest_rescoring(session, programme_id).id  # type: ignore[union-attr]
        rescoring.work_on(session, rescoring_id=run_id, now=TODAY)

    def killed() -> None:
        with write() as session:
            rescoring.work_on(session, rescoring_id=run_id, now=TODAY)
            raise RuntimeError("the machine lost its power")

    with pytest.raises(RuntimeError):
        killed()
    db.session.remove()
    assert db.session.get_one(rescoring.Rescoring, run_id).looked_at == 1
    work(clock)
    run = db.session.get_one(rescoring.Rescoring, run_id)
    assert (run.state, run.looked_at) == (rescoring.RescoringState.READY, run.total)


def test_marking_an_older_attempt_takes_no_points_that_the_old_rule_gave(
    site_both: Flask, province_both: Province, attempts: tuple[int, int]
) -> None:
    before = percents(attempts[1])
    with write() as session:
        score_attempt(session, attempt_id=attempts[1], now=TODAY)
    assert percents(attempts[1]) == before


def test_a_teacher_and_another_agencys_admin_are_refused(site_both: Flask, province_both: Province) -> None:
    address = f"/kuis/nilai-ulang/{province_both.own.programme_id}"
    for person_id in (province_both.own.participants[0], province_both.far.people[Role.ADMIN]):
        assert sign_in(site_both, person_id).get(address).status_code in {403, 404}
