"""What the invented schools of a demonstration did with their flagship plan. Figures are examples."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy.orm import Session

from imbas_program_unggulan import measuring
from imbas_program_unggulan.documents import ABOUT, PLAN
from imbas_program_unggulan.measuring import GOALS
from lms.api import (
    Actor,
    ReviewDecision,
    StorySchool,
    Workplace,
    contents_of,
    create_document,
    document_of_school,
    review_document,
    save_part,
    submit_document,
    workplace,
)

Act = Callable[[Session, datetime], None]
Place = Callable[[Session], Workplace]
_FIRST_WRITTEN = datetime.fromisoformat("2020-10-07T14:00:00+07:00")
_BASELINE_ON, _STARTS_ON, _ENDS_ON = date(2020, 9, 3), date(2020, 10, 1), date(2020, 11, 30)
_MEASURED_ON = date(2020, 10, 16)
_ALL = (0, 1, 2, 3)
_FIRST_READING = {"U1": _ALL, "U2": _ALL, "U3": (1, 3), "U4": (0, 1), "U5": (0,), "U6": (0, 1, 2)}
"""16 of 24 descriptors, 66,67: just below the pass mark."""
_SECOND_READING = {**_FIRST_READING, "U3": (0, 1, 3), "U5": (0, 1, 2)}
_COMMENTS = {
    "U3": "Sebut SK tim dan kaitannya dengan pelajaran.",
    "U4": "Bagaimana orang tua memberi umpan balik?",
    "U5": "Mitra sudah disebut; tambahkan kesepakatan tertulis.",
}


def events(programme_id: int, schools: tuple[StorySchool, ...]) -> Iterator[tuple[datetime, Act]]:
    """Every school begins; one after the other hands in; the first goes back once; the last is slow."""
    for number, school in enumerate(schools):
        place = partial(workplace, programme_id=programme_id, school_id=school.school_id)
        spec = _plans()[number % len(_plans())]
        writer = _actor(school.quality_team[0])
        begun = _FIRST_WRITTEN + timedelta(days=number, hours=number % 3)
        yield begun, partial(_write, place, spec, writer)
        if number == len(schools) - 1 or not spec["plan"]["risk"]:
            continue
        yield begun + timedelta(days=1), partial(_submit, place, _actor(school.headmaster))
        reviewer = _actor(school.facilitator)
        if number == 0:
            yield begun + timedelta(days=2), partial(_review, place, False, reviewer)
            yield begun + timedelta(days=3), partial(_submit, place, _actor(school.headmaster))
        if number < 3:
            yield begun + timedelta(days=4), partial(_review, place, True, reviewer)
        moment = datetime.fromisoformat("2020-10-17T10:00:00+07:00") + timedelta(minutes=7 * number)
        yield moment, partial(_measure, place, spec["measured"], writer)


def _write(at: Place, spec: dict[str, Any], actor: Actor, session: Session, now: datetime) -> None:
    plan = create_document(session, type_=PLAN, at=at(session), kind=PLAN.kinds[0].key, actor=actor, now=now)
    save = partial(save_part, session, document_id=plan.id, version=0, actor=actor, now=now)
    save(part=ABOUT, values=spec["plan"])
    figures = {key: Decimal(spec["line"][key]) for key in ("baseline", "target")}
    days = {"baseline_on": _BASELINE_ON, "starts_on": _STARTS_ON, "ends_on": _ENDS_ON}
    save(part=GOALS, values={**spec["line"], **figures, **days})


def _submit(at: Place, actor: Actor, session: Session, now: datetime) -> None:
    submit_document(session, document_id=_plan(session, at).id, actor=actor, now=now)


def _review(at: Place, accepts: bool, actor: Actor, session: Session, now: datetime) -> None:
    plan = _plan(session, at)
    scores = _SECOND_READING if accepts else _FIRST_READING
    review_document(
        session,
        document_id=plan.id,
        version=plan.version,
        scores={code: list(found) for code, found in scores.items()},
        comments={"U4": "Catat umpan balik dari orang tua tiap bulan."} if accepts else _COMMENTS,
        comment="Rencana jelas dan dapat diukur."
        if accepts
        else "Tujuan dan angkanya sudah jelas. Kuatkan peran masyarakat.",
        decision=ReviewDecision.ACCEPTED if accepts else ReviewDecision.NEEDS_REVISION,
        actor=actor,
        now=now,
    )


def _measure(at: Place, value: str, actor: Actor, session: Session, now: datetime) -> None:
    plan = _plan(session, at)
    content = contents_of(session, PLAN, [plan])[plan.id]
    goal = next(iter(measuring.goals_of(session, plan.id, content).values()))
    measuring.add_measure(
        session,
        document_id=plan.id,
        goal=goal,
        measured_on=_MEASURED_ON,
        value=Decimal(value),
        note="Rekap pertengahan Oktober",
        actor=actor,
        today=now.date(),
        now=now,
    )


def _plan(session: Session, at: Place) -> Any:
    here = at(session)
    found = document_of_school(
        session, type_key=PLAN.key, programme_id=here.programme_id, school_id=here.school_id
    )
    assert found is not None
    return found


@cache
def _plans() -> list[dict[str, Any]]:
    file = files("imbas_program_unggulan") / "content" / "story.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def _actor(person_id: int) -> Actor:
    return Actor(person_id, "", "id", (), 0)
