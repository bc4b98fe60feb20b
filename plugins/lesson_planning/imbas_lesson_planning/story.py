"""What invented teachers of a demonstration did with their lesson plans."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy.orm import Session

from imbas_lesson_planning.catalogue import HEADING, TEXT
from imbas_lesson_planning.documents import PLAN
from lms.api import (
    Actor,
    DocumentLine,
    ReviewDecision,
    StorySchool,
    create_document,
    documents_of,
    find_document,
    review_document,
    save_part,
    submit_document,
    workplace,
)

Act = Callable[[Session, datetime], None]
_FIRST_WRITTEN = datetime.fromisoformat("2020-10-09T19:30:00+07:00")


def events(programme_id: int, schools: tuple[StorySchool, ...]) -> Iterator[tuple[datetime, Act]]:
    """The first two teachers of a school are done, the third waits, the fourth revises, the fifth drafts."""
    for row, school in enumerate(schools):
        last = row == len(schools) - 1
        for number, teacher in enumerate(school.teachers[: 3 if last else 5]):
            yield from _events_of(programme_id, school, _actor(teacher), row, number + 2 * last)


def _events_of(
    programme_id: int, school: StorySchool, writer: Actor, row: int, number: int
) -> Iterator[tuple[datetime, Act]]:
    spec = _plans()[(row + number) % len(_plans())]
    begun = _FIRST_WRITTEN + timedelta(days=number, minutes=11 * row)
    complete = number < 4
    revised = number in (1, 3)
    texts = {**spec["texts"], **spec["first"]} if revised else spec["texts"]
    yield begun, partial(_write, programme_id, school.school_id, {**spec, "texts": texts}, writer, complete)
    if not complete:
        return
    yield begun + timedelta(minutes=40), partial(_submit, programme_id, writer)
    head = _actor(school.headmaster)
    if revised:
        yield begun + timedelta(days=1), partial(_review, programme_id, spec, writer, head, False)
    if number == 1:
        yield begun + timedelta(days=2), partial(_improve, programme_id, spec, writer)
    if number < 2:
        yield begun + timedelta(days=3), partial(_review, programme_id, spec, writer, head, True)


def _write(
    programme_id: int,
    school_id: int,
    spec: dict[str, Any],
    writer: Actor,
    complete: bool,
    session: Session,
    now: datetime,
) -> None:
    at = workplace(session, programme_id=programme_id, school_id=school_id)
    plan = create_document(
        session, type_=PLAN, at=at, kind=spec["kind"], title=spec["title"], actor=writer, now=now
    )
    save = partial(save_part, session, document_id=plan.id, actor=writer, now=now)
    for key, text in list(spec["texts"].items())[: None if complete else 2]:
        save(part=key, values={TEXT: text.replace("{school}", at.school)}, version=0)
    if complete:
        save(part=HEADING, values={"title": spec["title"], **spec["tags"]}, version=1)


def _submit(programme_id: int, writer: Actor, session: Session, now: datetime) -> None:
    plan_id = _plan_of(session, programme_id, writer).id
    submit_document(session, document_id=plan_id, actor=writer, now=now)


def _improve(programme_id: int, spec: dict[str, Any], writer: Actor, session: Session, now: datetime) -> None:
    """Objective, steps and assessment are written anew, as the reviewer asked."""
    plan_id = _plan_of(session, programme_id, writer).id
    for key in spec["first"]:
        save_part(
            session,
            document_id=plan_id,
            part=key,
            values={TEXT: spec["texts"][key]},
            version=1,
            actor=writer,
            now=now,
        )
    _submit(programme_id, writer, session, now)


def _review(
    programme_id: int,
    spec: dict[str, Any],
    writer: Actor,
    reviewer: Actor,
    good: bool,
    session: Session,
    now: datetime,
) -> None:
    plan_id = _plan_of(session, programme_id, writer).id
    review_document(
        session,
        document_id=plan_id,
        version=find_document(session, plan_id).version,
        scores=spec["scores"]["last" if good else "first"],
        comments={} if good else spec["comments"],
        comment=spec["accepted"]
        if good
        else "Kegiatannya dekat dengan siswa. Perbaiki tujuan dan penilaian, lalu ajukan lagi.",
        decision=ReviewDecision.ACCEPTED if good else ReviewDecision.NEEDS_REVISION,
        actor=reviewer,
        now=now,
    )


def _plan_of(session: Session, programme_id: int, writer: Actor) -> DocumentLine:
    (plan,) = documents_of(
        session, type_key=PLAN.key, programme_ids=[programme_id], person_ids=[writer.person_id]
    )
    return plan


@cache
def _plans() -> list[dict[str, Any]]:
    file = files("imbas_lesson_planning") / "content" / "story.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def _actor(person_id: int) -> Actor:
    return Actor(person_id, "", "id", (), 0)
