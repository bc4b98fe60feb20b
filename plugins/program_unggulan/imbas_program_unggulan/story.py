"""What the invented schools of a demonstration did with their flagship plan. Figures are examples."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy.orm import Session

from imbas_program_unggulan import api, reviewing
from imbas_program_unggulan.rules import ReviewDecision
from lms.api import Actor, StorySchool, workplace

Act = Callable[[Session, datetime], None]
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
        yield begun + timedelta(days=1), partial(_hand_in, place, _actor(school.headmaster))
        reviewer = _actor(school.facilitator)
        if number == 0:
            yield begun + timedelta(days=2), partial(_send_back, place, reviewer)
            yield begun + timedelta(days=3), partial(_hand_in, place, _actor(school.headmaster))
        if number < 3:
            yield begun + timedelta(days=4), partial(_accept, place, reviewer)
        moment = datetime.fromisoformat("2020-10-17T10:00:00+07:00") + timedelta(minutes=7 * number)
        yield moment, partial(_measure, place, spec["measured"], writer)


def _write(
    place: Callable[[Session], Any], spec: dict[str, Any], actor: Actor, session: Session, now: datetime
) -> None:
    at = place(session)
    api.save_plan(session, at=at, version=0, fields=api.PlanFields(**spec["plan"]), actor=actor, now=now)
    line = {
        **spec["line"],
        "baseline": Decimal(spec["line"]["baseline"]),
        "target": Decimal(spec["line"]["target"]),
    }
    fields = api.LineFields(**line, baseline_on=_BASELINE_ON, starts_on=_STARTS_ON, ends_on=_ENDS_ON)
    api.save_line(session, at=at, line_id=None, version=0, fields=fields, actor=actor, now=now)


def _hand_in(place: Callable[[Session], Any], actor: Actor, session: Session, now: datetime) -> None:
    api.submit(session, at=place(session), actor=actor, now=now)


def _send_back(place: Callable[[Session], Any], actor: Actor, session: Session, now: datetime) -> None:
    at = place(session)
    reviewing.review(
        session,
        at=at,
        version=api.get_plan(session, at).version,
        scores={code: list(found) for code, found in _FIRST_READING.items()},
        comments=_COMMENTS,
        comment="Tujuan dan angkanya sudah jelas. Kuatkan peran masyarakat.",
        decision=ReviewDecision.NEEDS_REVISION,
        actor=actor,
        now=now,
    )


def _accept(place: Callable[[Session], Any], actor: Actor, session: Session, now: datetime) -> None:
    at = place(session)
    reviewing.review(
        session,
        at=at,
        version=api.get_plan(session, at).version,
        scores={code: list(found) for code, found in _SECOND_READING.items()},
        comments={"U4": "Catat umpan balik dari orang tua tiap bulan."},
        comment="Rencana jelas dan dapat diukur.",
        decision=ReviewDecision.ACCEPTED,
        actor=actor,
        now=now,
    )


def _measure(
    place: Callable[[Session], Any], value: str, actor: Actor, session: Session, now: datetime
) -> None:
    at = place(session)
    line = api.get_plan(session, at).lines[0]
    api.add_measure(
        session,
        at=at,
        line_id=line.id,
        measured_on=_MEASURED_ON,
        value=Decimal(value),
        note="Rekap pertengahan Oktober",
        actor=actor,
        today=now.date(),
        now=now,
    )


@cache
def _plans() -> list[dict[str, Any]]:
    file = files("imbas_program_unggulan") / "content" / "story.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def _actor(person_id: int) -> Actor:
    return Actor(person_id, "", "id", (), 0)
