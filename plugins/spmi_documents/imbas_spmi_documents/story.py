"""What the invented schools of a demonstration wrote: report, mapping, plan, checklist. Figures are examples."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy.orm import Session

from imbas_spmi_documents import api, checklist_answers
from imbas_spmi_documents.checklist import Availability
from imbas_spmi_documents.rules import PARTS, ScoreStatus, StandardScore, parse_score
from lms.api import Actor, StorySchool, workplace

Act = Callable[[Session, datetime], None]
_FIRST_MAPPED = datetime.fromisoformat("2020-09-12T13:00:00+07:00")
_CHECKED_AFTER = {"A": 10, "B": 10, "C": 12, "D": 30, "E": 30, "F": 30}
"""Days after the report at which a school checks a section, by the first letter of its codes."""


def events(programme_id: int, schools: tuple[StorySchool, ...]) -> Iterator[tuple[datetime, Act]]:
    """Each school enters its report, maps its problems and plans for them; the last one is slow."""
    for number, school in enumerate(schools):
        spec = specs()[number % len(specs())]
        place = partial(workplace, programme_id=programme_id, school_id=school.school_id)
        writer = Actor(school.quality_team[0], "", "id", (), 0)
        begun = _FIRST_MAPPED + timedelta(hours=number)
        yield begun, partial(_report, place, writer, spec)
        last = number == len(schools) - 1
        for step, problem in enumerate(spec["problems"][: 1 if last else None]):
            moment = begun + timedelta(days=2 + step, hours=step)
            yield moment, partial(_map, place, writer, problem, not last)
        for minute, answer in enumerate(spec.get("checklist", ())):
            moment = begun + timedelta(days=_CHECKED_AFTER[answer["code"][0]], minutes=minute)
            yield moment, partial(_check, place, writer, answer)


def _report(
    place: Callable[[Session], Any], writer: Actor, spec: Mapping[str, Any], session: Session, now: datetime
) -> None:
    lines = enumerate(zip(spec["scores"], spec["conditions"], strict=True), start=1)
    entries = {standard: (_score(standard, text), condition) for standard, (text, condition) in lines}
    api.save_report(session, at=place(session), version=0, year=2019, entries=entries, actor=writer, now=now)


def _score(standard: int, text: str) -> StandardScore:
    if text in tuple(ScoreStatus):
        return StandardScore(standard, ScoreStatus(text))
    return StandardScore(standard, ScoreStatus.SCORED, parse_score(text))


def _map(
    place: Callable[[Session], Any],
    writer: Actor,
    spec: Mapping[str, Any],
    planned: bool,
    session: Session,
    now: datetime,
) -> None:
    at = place(session)
    texts = {part: spec[part] for part in PARTS}
    problem = api.save_problem(
        session, at=at, problem_id=None, version=0, code=spec["code"], texts=texts, actor=writer, now=now
    )
    if planned:
        fields = api.PlanFields(**spec["plan"])
        api.save_line(
            session,
            at=at,
            problem_id=problem.id,
            line_id=None,
            version=0,
            fields=fields,
            actor=writer,
            now=now,
        )


def _check(
    place: Callable[[Session], Any], writer: Actor, spec: Mapping[str, str], session: Session, now: datetime
) -> None:
    checklist_answers.save_answer(
        session,
        at=place(session),
        code=spec["code"],
        version=0,
        availability=Availability(spec["availability"]),
        note=spec.get("note", ""),
        actor=writer,
        now=now,
    )


@cache
def specs() -> list[dict[str, Any]]:
    """What each school wrote, as it stands in its file."""
    file = files("imbas_spmi_documents") / "content" / "story.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found
