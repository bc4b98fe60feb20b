"""Completion of whole provinces: against a slow oracle, twice the same, and under a storm of events."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from imbas_demo.story import STORY_ENDS, STORY_MIDDLE
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, AttemptState, Quiz
from lms.completion import api as completion
from lms.completion.models import CompletionState
from lms.contract.modules import Unit
from lms.evidence.models import Assignment, Submission
from lms.evidence.rules import SubmissionStatus
from lms.modules import api as modules
from lms.modules.models import ModulePlacement, ReadSection
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.platform.transaction import write
from lms.programmes.models import (
    AttendanceRecord,
    Enrolment,
    InServiceSession,
    Programme,
    ProgrammeSchool,
    SchoolKind,
    Stage,
)
from lms.programmes.rules import AttendanceStatus
from tests.functional.province.conftest import Province

pytestmark = [pytest.mark.modules, pytest.mark.slow]

EDGES = [
    Decimal(text) for text in ("0", "55.5", "69.99", "70", "70.01", "79.995", "80", "89.99", "90", "100")
]


class _Undo(Exception):
    pass


@contextmanager
def undone(province: Province) -> Iterator[Session]:
    """A write transaction that leaves nothing behind: the province is other tests', too."""
    with province.app.app_context():
        try:
            with write() as session:
                yield session
                raise _Undo
        except _Undo:
            db.session.remove()


def half_up(value: Fraction) -> Fraction:
    return Fraction((value * 200 + 1) // 2, 100)


class Oracle:
    """requirement F6 read literally: one person and one question at a time, in fractions."""

    def __init__(self, session: Session, programme: Programme) -> None:
        self.session, self.definition = session, programme.definition
        self.rules = programme.definition["passing"]
        self.excused = programme.definition["attendance"]["excused_counts"]
        self.owes = {entry["role"]: entry for entry in programme.definition["participants"]}
        self.minimum_of = {
            line["module"]: Fraction(line["quiz"]["minimum"])
            for stage in programme.definition["stages"]
            for line in stage["materials"]
            if line.get("quiz")
        }
        self.stages = session.scalars(select(Stage).where(Stage.programme_id == programme.id)).all()

    def attended(self, enrolment: Enrolment, stage: Stage) -> tuple[int, int]:
        credited = total = 0
        for taught in self.session.scalars(
            select(InServiceSession).where(InServiceSession.stage_id == stage.id)
        ):
            total += taught.jp
            row = self.session.get(AttendanceRecord, (taught.id, enrolment.id))
            if row is not None and row.status in {AttendanceStatus.PRESENT, AttendanceStatus.MADE_UP}:
                credited += taught.jp
            elif row is not None and row.status is not AttendanceStatus.ABSENT:
                credited += taught.jp if self.excused else 0
        return credited, total

    def best(self, enrolment: Enrolment, quiz: Quiz) -> tuple[Fraction, bool] | None:
        """A final score that passes, else one that waits for its essay, else the best final one."""
        tries = self.session.scalars(
            select(Attempt).where(Attempt.enrolment_id == enrolment.id, Attempt.quiz_id == quiz.id)
        )
        counted = [row for row in tries if row.state in {AttemptState.SCORED, AttemptState.AWAITING_MARK}]
        if not counted:
            return None
        minimum = self.minimum_of[quiz.key.rpartition(".")[0]]

        def rank(row: Attempt) -> tuple[int, Decimal]:
            passed = not row.provisional and row.percent >= minimum
            return (2 if passed else 1 if row.provisional else 0), row.percent

        top = max(counted, key=rank)
        return Fraction(top.percent), top.provisional

    def quizzes(self, enrolment: Enrolment, stage: Stage) -> list[tuple[Quiz, tuple[Fraction, bool] | None]]:
        if not self.owes[enrolment.role.value]["quizzes"]:
            return []
        found = self.session.scalars(select(Quiz).where(Quiz.stage_id == stage.id))
        return [(quiz, self.best(enrolment, quiz)) for quiz in found]

    def owed(self, school_id: int, stage: Stage, unit: Unit) -> list[Assignment]:
        place = self.session.scalars(
            select(ProgrammeSchool).where(ProgrammeSchool.school_id == school_id)
        ).one()
        dues = self.session.scalars(select(Assignment).where(Assignment.stage_id == stage.id))
        return [
            due
            for due in dues
            if due.unit is unit
            and due.mandatory
            and (unit is Unit.TEACHER or place.kind is SchoolKind.MODEL or not due.models_only)
        ]

    def piece(self, due: Assignment, school_id: int, owner: int | None) -> Submission | None:
        return self.session.scalars(
            select(Submission).where(
                Submission.due_id == due.id,
                Submission.school_id == school_id,
                Submission.enrolment_id.is_not_distinct_from(owner),
            )
        ).one_or_none()

    def accepted(self, due: Assignment, school_id: int, owner: int | None) -> bool:
        row = self.piece(due, school_id, owner)
        if row is None or row.status is not SubmissionStatus.ACCEPTED or row.percent is None:
            return False
        return Fraction(row.percent) >= Fraction(self.rules["product_minimum"])

    def unread(self, enrolment: Enrolment, stage: Stage) -> bool:
        """Whether a required material has a section, counted by its headings, that was not marked."""
        lines = next(spec for spec in self.definition["stages"] if spec["no"] == stage.no)["materials"]
        for line in lines:
            if not line["reading_required"]:
                continue
            row = self.session.scalars(
                select(ModulePlacement).where(
                    ModulePlacement.stage_id == stage.id, ModulePlacement.module_key == line["module"]
                )
            ).one()
            text = registry().module_types[line["module"]].material.markdown.read_text("utf-8")  # type: ignore[union-attr]
            titled = text.count("\n## ")
            has_intro = bool("".join(part for part in text.split("\n## ")[0].splitlines()[1:]).strip())
            marked = self.session.scalars(
                select(ReadSection.section).where(
                    ReadSection.enrolment_id == enrolment.id, ReadSection.placement_id == row.id
                )
            ).all()
            if set(marked) != set(range(1, titled + has_intro + 1)):
                return True
        return False

    def in_service(self, enrolment: Enrolment, stage: Stage) -> bool:
        credited, total = self.attended(enrolment, stage)
        if self.unread(enrolment, stage):
            return False
        if total and half_up(Fraction(credited * 100, total)) < Fraction(self.rules["attendance_percent"]):
            return False
        for quiz, best in self.quizzes(enrolment, stage):
            module = quiz.key.rpartition(".")[0]
            if best is None or best[1] or best[0] < self.minimum_of[module]:
                return False
        return True

    def on_service(self, enrolment: Enrolment, stage: Stage) -> bool:
        if not self.owes[enrolment.role.value]["products"]:
            return True
        dues = self.owed(enrolment.school_id, stage, Unit.TEACHER)
        return all(self.accepted(due, enrolment.school_id, enrolment.id) for due in dues)

    def final(self, enrolment: Enrolment) -> tuple[Fraction, str, bool]:
        met = [self.attended(enrolment, stage) for stage in self.stages]
        tests = [best for stage in self.stages for _quiz, best in self.quizzes(enrolment, stage)]
        unit, owner = Unit.SCHOOL, None
        if self.owes[enrolment.role.value]["products"]:
            unit, owner = Unit.TEACHER, enrolment.id
        pieces = [
            self.piece(due, enrolment.school_id, owner)
            for stage in self.stages
            for due in self.owed(enrolment.school_id, stage, unit)
        ]
        points = [
            Fraction(row.percent or 0) if row and row.status is SubmissionStatus.ACCEPTED else Fraction(0)
            for row in pieces
        ]
        parts = []
        if sum(total for _credited, total in met):
            share = Fraction(100 * sum(credited for credited, _total in met), sum(total for _c, total in met))
            parts.append((half_up(share), "activity"))
        if tests:
            parts.append(
                (half_up(sum((best[0] if best else Fraction(0)) for best in tests) / len(tests)), "quizzes")
            )
        if points:
            parts.append((half_up(sum(points) / len(points)), "products"))
        weights = {name: Fraction(weight) for name, weight in self.rules["weights"].items()}
        used = sum(weights[name] for _part, name in parts)
        final = half_up(sum(part * weights[name] for part, name in parts) / used) if used else Fraction(0)
        label = next(
            (entry["label"] for entry in self.rules["predicates"] if final >= Fraction(entry["minimum"])), ""
        )
        return final, label, any(best is not None and best[1] for best in tests)

    def verdicts(self) -> dict[tuple[int, int | None, int | None, str], bool]:
        found: dict[tuple[int, int | None, int | None, str], bool] = {}
        people = self.session.scalars(select(Enrolment)).all()
        for row in people:
            whole = []
            for stage in self.stages:
                taught, made = self.in_service(row, stage), self.on_service(row, stage)
                for phase, met in (("in_service", taught), ("on_service", made), ("", taught and made)):
                    found[row.school_id, row.id, stage.id, phase] = met
                whole.append(taught and made)
            final, _label, provisional = self.final(row)
            passed = final >= Fraction(self.rules["final_minimum"]) and not provisional
            found[row.school_id, row.id, None, ""] = all(whole) and passed
        gate = Fraction(self.rules["school_share_percent"])
        for school_id in {row.school_id for row in people}:
            own = [row.id for row in people if row.school_id == school_id]
            whole = []
            for stage in self.stages:
                enough = {
                    phase: half_up(
                        Fraction(100 * sum(found[school_id, who, stage.id, phase] for who in own), len(own))
                    )
                    >= gate
                    for phase in ("in_service", "on_service")
                }
                dues = self.owed(school_id, stage, Unit.SCHOOL)
                enough["on_service"] &= all(self.accepted(due, school_id, None) for due in dues)
                for phase, met in enough.items():
                    found[school_id, None, stage.id, phase] = met
                whole.append(all(enough.values()))
                found[school_id, None, stage.id, ""] = whole[-1]
            found[school_id, None, None, ""] = all(whole)
        return found


def shake(session: Session, rng: Random, generosity: float) -> None:
    """Move everything to and over the edges of the rules."""
    last: dict[tuple[int, int], ReadSection] = {}
    for page in session.scalars(select(ReadSection).order_by(ReadSection.section)):
        page.completes = False
        last[page.enrolment_id, page.placement_id] = page
    for page in last.values():
        if rng.random() > generosity:
            session.delete(page)
    for record in session.scalars(select(AttendanceRecord)):
        good = rng.random() < generosity
        record.status = AttendanceStatus.PRESENT if good else rng.choice(list(AttendanceStatus))
    for attempt in session.scalars(select(Attempt)):
        attempt.percent = rng.choice(EDGES[2:] if rng.random() < generosity else EDGES)
        attempt.state = rng.choice(list(AttemptState)) if rng.random() > generosity else AttemptState.SCORED
        attempt.provisional = attempt.state is AttemptState.AWAITING_MARK
    for row in session.scalars(select(Submission)):
        good = rng.random() < generosity
        row.status = SubmissionStatus.ACCEPTED if good else rng.choice(list(SubmissionStatus))
        row.percent = rng.choice([*EDGES[3:], None] if good else EDGES)


@pytest.mark.parametrize(("seed", "generosity"), [(1, 0.5), (2, 0.9), (3, 1.0)])
def test_completion_equals_a_slow_oracle(small: Province, seed: int, generosity: float) -> None:
    with undone(small) as session:
        programme = session.get_one(Programme, small.programme_id)
        stages = [{**stage, "rules": []} for stage in programme.definition["stages"]]
        programme.definition = {**programme.definition, "stages": stages}  # modules test their own rules
        shake(session, Random(seed), generosity)  # not a secret
        session.flush()
        completion.recompute(session, programme_id=programme.id, now=STORY_ENDS)
        oracle = Oracle(session, programme)
        expected = oracle.verdicts()
        rows = session.scalars(select(CompletionState)).all()
        got = {(row.school_id, row.enrolment_id, row.stage_id, row.phase): row for row in rows}
        assert got.keys() == expected.keys()
        wrong = {key for key, row in got.items() if row.met is not expected[key]}
        assert not wrong
        assert {True, False} == set(expected.values())
        for enrolment in session.scalars(select(Enrolment)):
            final, label, provisional = oracle.final(enrolment)
            scores = got[enrolment.school_id, enrolment.id, None, ""].scores
            assert (Fraction(scores["final"]), scores["predicate"], scores["provisional"]) == (
                final,
                label,
                provisional,
            )


def test_from_nothing_twice_gives_the_same_bytes(small: Province) -> None:
    with undone(small) as session:
        written = []
        for _time in range(2):
            session.execute(text("DELETE FROM completion_state"))
            session.expunge_all()
            completion.recompute(session, programme_id=small.programme_id, now=STORY_MIDDLE)
            written.append(everything(session))
        assert written[0] == written[1]
        assert completion.recompute(session, programme_id=small.programme_id, now=STORY_ENDS) == 0


def everything(session: Session) -> bytes:
    rows = session.scalars(
        select(CompletionState).order_by(
            CompletionState.school_id,
            CompletionState.enrolment_id,
            CompletionState.stage_id,
            CompletionState.phase,
        )
    )
    lines = [
        [
            row.school_id,
            row.enrolment_id,
            row.stage_id,
            row.phase,
            row.met,
            str(row.fraction),
            row.reasons,
            row.scores,
        ]
        for row in rows
    ]
    return json.dumps(lines).encode()


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_events_leaves_what_an_evaluation_of_everything_finds(
    small: Province, seed: int
) -> None:
    """Of a person's event only that person is looked at, and the school when it counts otherwise."""
    rng = Random(seed)  # not a secret
    with undone(small) as session:
        programme_id, now = small.programme_id, STORY_MIDDLE
        shake(session, rng, 0.9)
        session.flush()
        completion.recompute(session, programme_id=programme_id, now=now)
        people = {row.id: row.school_id for row in session.scalars(select(Enrolment))}
        attempts = list(session.scalars(select(Attempt)))
        records = list(session.scalars(select(AttendanceRecord)))
        products = list(session.scalars(select(Submission)))
        turned = 0
        for _event in range(60):
            kind = rng.choice(("scored", "attendance", "graded", "enrolled", "read"))
            if kind == "scored":
                attempt = rng.choice(attempts)
                attempt.percent, attempt.state = rng.choice(EDGES), AttemptState.SCORED
                ids = [attempt.enrolment_id]
            elif kind == "attendance":  # a whole meeting at once, over several schools
                some = rng.sample(records, 5)
                for record in some:
                    record.status = rng.choice(list(AttendanceStatus))
                ids = sorted({record.enrolment_id for record in some})
            elif kind == "read":
                ids = [rng.choice(sorted(people))]
                for placement in session.scalars(select(ModulePlacement)).all():
                    sections = [section.number for section in modules.sections_of(placement)]
                    modules.mark_read(
                        session, enrolment_id=ids[0], placement=placement, sections=sections, now=now
                    )
            elif kind == "enrolled":  # as if newly enrolled: nothing is known of them
                ids = rng.sample(sorted(people), 2)
                session.execute(delete(CompletionState).where(CompletionState.enrolment_id.in_(ids)))
            else:
                row = rng.choice(products)
                row.status, row.percent = rng.choice(list(SubmissionStatus)), rng.choice(EDGES)
                session.flush()
                schools = [row.school_id]
                turned += completion.recompute(
                    session, programme_id=programme_id, school_ids=schools, now=now
                )
                continue
            session.flush()
            turned += completion.recompute_people(
                session, programme_id=programme_id, enrolment_ids=ids, now=now
            )
        assert turned > 30, "the events changed next to nothing"
        assert completion.recompute(session, programme_id=programme_id, now=now) == 0


@pytest.mark.moves_the_story  # the pieces of a school change, which a grader's pages show
def test_a_hundred_events_at_once_leave_one_row_each_that_sees_everything(small: Province) -> None:
    """K17: workers evaluate the same school at once while facts change between them."""
    app, faults = small.app, list[BaseException]()
    with app.app_context():
        schools = db.session.scalars(select(Submission.school_id).distinct().order_by(Submission.school_id))
        school_id = schools.all()[2]  # one that no test of pages looks at, since what changes here stays
        with write() as session:
            session.execute(text("DELETE FROM completion_state WHERE school_id = :id"), {"id": school_id})
        db.session.remove()

    def work(number: int) -> None:
        try:
            for turn in range(10):
                with app.app_context():
                    change(number * 10 + turn)
                    with write() as session:
                        completion.recompute(
                            session, programme_id=small.programme_id, school_ids=[school_id], now=STORY_MIDDLE
                        )
                    db.session.remove()
        except BaseException as fault:
            faults.append(fault)

    def change(number: int) -> None:
        with write() as session:
            rows = session.scalars(
                select(Submission).where(Submission.school_id == school_id).order_by(Submission.id)
            ).all()
            row = rows[number % len(rows)]
            row.status, row.percent = SubmissionStatus.ACCEPTED, Decimal(70 + number % 30)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with app.app_context(), write() as session:
        twins = (
            select(CompletionState.enrolment_id)
            .where(CompletionState.school_id == school_id)
            .group_by(CompletionState.enrolment_id, CompletionState.stage_id, CompletionState.phase)
            .having(func.count() > 1)
        )
        assert not session.execute(twins).all()
        again = completion.recompute(
            session, programme_id=small.programme_id, school_ids=[school_id], now=STORY_MIDDLE
        )
        assert again == 0, "the last worker had not seen everything"
