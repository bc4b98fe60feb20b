"""Two at once: what the race shows of code without a lock, and what the compare-and-set makes of it."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict
from lms.contract.text import Localized
from lms.platform.db import db
from lms.platform.transaction import write
from lms.platform.versions import compare_and_set
from lms.programmes.models import Programme
from lms.testing.people import make_agency
from lms.testing.race import Outcome, Race
from lms.testing.world import row

GONE = Conflict(Localized(id="Sudah berubah.", en="It has changed."))


@pytest.fixture
def programme_id(app: Flask) -> int:
    with write() as session:
        found = row(
            session,
            "programme",
            agency_id=make_agency(session).id,
            code="A",
            title="Lama",
            school_year="2020/2021",
            timezone="Asia/Jakarta",
            status="running",
            version=1,
            definition={},
            created_at=datetime(2020, 9, 1, tzinfo=UTC),
        )
    db.session.remove()
    return found


def title_of(programme_id: int) -> tuple[str, int]:
    db.session.remove()
    found = db.session.get_one(Programme, programme_id)
    return found.title, found.version


def checked_only(session: Session, programme_id: int, title: str) -> None:
    found = session.get_one(Programme, programme_id)
    if found.version != 1:
        raise GONE
    found.title, found.version = title, found.version + 1


def compared(session: Session, programme_id: int, title: str) -> None:
    found = session.get_one(Programme, programme_id)
    compare_and_set(session, found, Programme.version, seen=1, conflict=GONE)
    found.title = title


def both(race: Race, work: object, programme_id: int) -> tuple[Outcome, Outcome]:
    def write_title(title: str) -> None:
        with write() as session:
            work(session, programme_id, title)  # type: ignore[operator]

    return race(lambda: write_title("Satu"), lambda: write_title("Dua"))


def test_a_check_without_a_lock_loses_one_of_two_writes(race: Race, programme_id: int) -> None:
    outcomes = both(race, checked_only, programme_id)
    lost = [outcome for outcome in outcomes if outcome.error is None]
    assert len(lost) == (2 if db.engine.dialect.name == "postgresql" else 1)


def test_of_two_that_compare_and_set_one_wins(race: Race, programme_id: int) -> None:
    outcomes = both(race, compared, programme_id)
    assert [outcome.error for outcome in outcomes if outcome.error] == [GONE]
    winner = "Satu" if outcomes[0].error is None else "Dua"
    assert title_of(programme_id) == (winner, 2)


def test_after_a_conflict_the_row_shows_what_the_other_one_stored(app: Flask, programme_id: int) -> None:
    with write() as session:
        found = session.get_one(Programme, programme_id)
        session.execute(
            update(Programme).values(title="Baru", version=2).execution_options(synchronize_session=False)
        )
        with pytest.raises(Conflict):
            compare_and_set(session, found, Programme.version, seen=1, conflict=GONE)
        assert found.title == "Baru"


def test_a_version_that_is_kept_still_keeps_others_out(race: Race, programme_id: int) -> None:
    def autosave() -> None:
        with write() as session:
            found = session.get_one(Programme, programme_id)
            compare_and_set(session, found, Programme.version, seen=1, to=1, conflict=GONE)
            found.title = "Diketik"

    def save() -> None:
        with write() as session:
            compared(session, programme_id, "Disimpan")

    outcomes = race(autosave, save)
    assert outcomes[1].error is None
    assert title_of(programme_id) == ("Disimpan", 2)


def test_waiting_for_a_lock_is_no_deadlock_of_the_race(race: Race, programme_id: int) -> None:
    def count() -> int:
        with write() as session:
            query = select(Programme).where(Programme.id == programme_id).with_for_update()
            found = session.scalars(query).one()
            found.version += 1
            session.flush()
            return found.version

    outcomes = race(count, count)
    assert sorted(outcome.value for outcome in outcomes) == [2, 3]
    assert title_of(programme_id)[1] == 3


def test_a_race_inside_a_transaction_is_refused(race: Race, app: Flask) -> None:
    with write(), pytest.raises(RuntimeError, match="outside write"):
        race(lambda: None, lambda: None)
