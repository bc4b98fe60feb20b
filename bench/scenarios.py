"""Whom the writers of ``writers.py`` are in a province, and about what each writes."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from random import Random
from typing import Any, TypeVar

from imbas_demo import papers
from sqlalchemy import Row, Select, select
from sqlalchemy.exc import DBAPIError

from bench.http_client import Phone, Refused
from bench.installation import Site
from bench.teachers import paper, teachers
from bench.writers import (
    PATIENCE,
    PAUSE,
    Hand,
    Log,
    correct_attendance,
    give_feedback,
    hand_in_evidence,
    map_problems,
    take_quiz,
    write_lesson,
)
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.people.directory.models import RoleGrant
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes.models import AttendanceRecord, Enrolment, Stage
from lms.testing.people import sign_in

T = TypeVar("T")
Visit = Callable[[], None]
_MAPPINGS_OF_ONE = 4


class Province:
    """A province whose people write into ``log``. Everybody's turns are known before anything is killed."""

    def __init__(self, site: Site, log: Log) -> None:
        self.site, self.log = site, log
        self.work = paper(site.app)
        self.body = papers.document("Produk guru", "Contoh untuk peragaan.")
        self.coaches = {
            row.school_id: row.person_id
            for row in self._rows(
                select(RoleGrant.school_id, RoleGrant.person_id).where(
                    RoleGrant.role == Role.FACILITATOR, RoleGrant.school_id.is_not(None)
                )
            )
        }

    def visits(self) -> list[Visit]:
        """Visits of every kind in turn, each by other people or about other rows."""
        kinds = (
            self._sittings(),
            self._mappings(),
            self._lessons(),
            self._lists(),
            self._coaching(),
            self._products(),
        )
        return [visit for together in zip_longest(*kinds) for visit in together if visit]

    def _sittings(self) -> Iterator[Visit]:
        half = len(self._takes_part(Role.TEACHER)) // 2
        for who in teachers(self.site.app, self.work.quiz_id, count=half):
            yield self._by(who.person_id, take_quiz, self.work)

    def _mappings(self) -> Iterator[Visit]:
        for row in self._takes_part(Role.QUALITY_TEAM) * _MAPPINGS_OF_ONE:
            yield self._by(row.person_id, map_problems, f"{row.programme_id}/{row.school_id}")

    def _lessons(self) -> Iterator[Visit]:
        for row in self._takes_part(Role.TEACHER):
            yield self._by(row.person_id, write_lesson, f"{row.programme_id}/{row.school_id}")

    def _lists(self) -> Iterator[Visit]:
        """Each line of a list is one visit's; the coach of the school corrects it."""
        rows = self._rows(
            select(AttendanceRecord.session_id, Enrolment.school_id, Enrolment.id)
            .join(Enrolment, Enrolment.id == AttendanceRecord.enrolment_id)
            .where(Enrolment.school_id.in_(self.coaches), AttendanceRecord.status == "present")
            .order_by(Enrolment.id)
        )
        for row in rows:
            yield self._by(self.coaches[row.school_id], correct_attendance, *row)

    def _coaching(self) -> Iterator[Visit]:
        kind = evidence.Submission
        query = select(kind.id, kind.school_id).where(
            kind.school_id.in_(self.coaches), kind.enrolment_id.is_(None)
        )
        for row in self._rows(query.order_by(kind.id)):
            yield self._by(self.coaches[row.school_id], give_feedback, row.id)

    def _products(self) -> Iterator[Visit]:
        with self.site.app.app_context():
            stages = db.session.scalars(select(Stage.id)).all()
            dues = reversed(evidence.dues_of(db.session(), stages))
            due_id = next(due.id for due in dues if due.unit is Unit.TEACHER)
            db.session.remove()
        taken = select(evidence.Submission.enrolment_id).where(evidence.Submission.due_id == due_id)
        owners = select(Enrolment.id, Enrolment.school_id, Enrolment.person_id).where(
            Enrolment.role == Role.TEACHER, Enrolment.id.not_in(taken)
        )
        for owner in self._rows(owners.order_by(Enrolment.id)):
            yield self._by(owner.person_id, self._hand_in, due_id, owner)

    def _hand_in(self, who: Hand, due_id: int, owner: Row[Any]) -> None:
        """The file is there already: files on their way have a scenario of their own."""

        def prepared() -> int:
            with write() as session:
                row = evidence.open_submission(
                    session, due_id=due_id, school_id=owner.school_id, enrolment_id=owner.id, now=now()
                )
                kinds = frozenset({"pdf"})
                file = evidence.store_file(
                    evidence.check_own_file("produk.pdf", self.body, kinds=kinds, max_bytes=10**6)
                )
                evidence.add_file(
                    session, submission_id=row.id, stored=file, actor_id=owner.person_id, now=now()
                )
                return row.id

        with self.site.app.app_context():
            submission_id = _held(prepared)
            db.session.remove()
        hand_in_evidence(who, submission_id)

    def _by(self, person_id: int, act: Callable[..., None], *about: object) -> Visit:
        return partial(self._visit, person_id, act, about)

    def _visit(self, person_id: int, act: Callable[..., None], about: tuple[object, ...]) -> None:
        """One visit of somebody who is signed in; a failure is noted, not raised."""
        cookie = _held(lambda: sign_in(self.site.app, person_id).get_cookie("imbas"))
        assert cookie is not None
        address = f"10.1.{person_id >> 8 & 255}.{person_id & 255}"
        phone = Phone(self.site.port, address, {"imbas": cookie.value})
        try:
            act(Hand(phone, self.log), *about)
        except (Refused, OSError, ValueError) as fault:
            self.log.faults.append(f"{act.__name__}: {type(fault).__name__} {fault}")
        finally:
            phone.close()

    def _takes_part(self, role: Role) -> list[Row[Any]]:
        return self._rows(
            select(Enrolment.programme_id, Enrolment.school_id, Enrolment.person_id)
            .where(Enrolment.role == role)
            .order_by(Enrolment.id)
        )

    def _rows(self, query: Select[*tuple[Any, ...]]) -> list[Row[Any]]:
        """All rows, in a random order that is the same each time."""
        with self.site.app.app_context():
            rows: Sequence[Row[Any]] = db.session.execute(query).all()
            db.session.remove()
        return Random(len(rows)).sample(rows, len(rows))


def _held(act: Callable[[], T]) -> T:
    """What this process does in the database itself, as often as it takes while that is killed."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except DBAPIError:
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)
