"""What the invented schools of a demonstration did: item analyses, cards, reviews. Data are examples."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import yaml
from sqlalchemy.orm import Session

from imbas_hots_assessment import analysis, api
from imbas_hots_assessment.frameworks import CONTENT
from imbas_hots_assessment.models import Card
from imbas_hots_assessment.rules import Decision
from lms.api import NOT_APPLICABLE, Actor, StorySchool, quizzes_of_programme, storage, workplace

Act = Callable[[Session, datetime], None]
_ANALYSED = tuple(
    datetime.fromisoformat(moment)
    for moment in ("2020-10-01T09:00:00+07:00", "2020-10-19T15:00:00+07:00", "2020-11-26T09:00:00+07:00")
)
_TRIED = datetime.fromisoformat("2020-10-14T13:00:00+07:00")
_BEGUN = datetime.fromisoformat("2020-11-06T13:00:00+07:00")
_IMPROVE = "K4: pilihan B lebih panjang daripada yang lain. Mungkin dapat dipendekkan."


def events(programme_id: int, schools: tuple[StorySchool, ...]) -> Iterator[tuple[datetime, Act]]:
    """The agency analyses quizzes; the first school tries cards early, each has a full set after In-3."""
    for moment in _ANALYSED:
        yield moment, partial(_analyse, programme_id)
    for number, school in enumerate(schools):
        place = partial(workplace, programme_id=programme_id, school_id=school.school_id)
        if number == 0:
            yield from _early(place, school)
        begun = _BEGUN + timedelta(days=number)
        writer, reader = school.teachers[:2]
        yield begun, partial(_write, place, writer, range(len(content()["cards"])))
        yield begun + timedelta(days=2), partial(_review_all, place, writer, reader)


def _early(place: Callable[[Session], Any], school: StorySchool) -> Iterator[tuple[datetime, Act]]:
    """Two teachers try the first cards in October and read each other's."""
    first, second = school.teachers[:2]
    yield _TRIED, partial(_write, place, first, range(2))
    yield _TRIED + timedelta(hours=2), partial(_write, place, second, range(3, 4))
    yield _TRIED + timedelta(days=1), partial(_review_all, place, first, second)


def _analyse(programme_id: int, session: Session, now: datetime) -> None:
    """An analysis is the whole programme's: whoever tells of some schools at a time needs it once."""
    known = analysis.stored(session, programme_id)
    for quiz in quizzes_of_programme(session, programme_id):
        if quiz.id in known and known[quiz.id].computed_at >= now:
            continue
        result = analysis.compute(session, programme_id=programme_id, quiz_id=quiz.id)
        if result["participants"]:
            analysis.store(
                session, programme_id=programme_id, quiz_id=quiz.id, result=result, actor=None, now=now
            )


def _write(
    place: Callable[[Session], Any],
    person_id: int,
    chosen: range,
    session: Session,
    now: datetime,
) -> None:
    """Cards that the teacher does not have yet, complete and shared."""
    at, actor = place(session), _actor(person_id)
    known = api.blueprint_of(session, at=at, person_id=person_id)
    taken = {card.number for card in known.cards} if known else set()
    if known is None:
        api.save_head(session, at=at, version=0, **content()["head"], actor=actor, now=now)
    for index in chosen:
        if index + 1 not in taken:
            written = dict(content()["cards"][index])
            picture = written.pop("picture", None)
            fields = api.CardFields(number=index + 1, **written)
            card = api.create_card(session, at=at, fields=fields, actor=actor, now=now)
            if picture:
                key = storage().put((CONTENT / picture["file"]).read_bytes(), suffix="jpg").key
                api.set_picture(session, card_id=card.id, version=1, key=key, alt=picture["alt"], now=now)
            api.share_card(session, card_id=card.id, version=card.version, now=now)


def _review_all(
    place: Callable[[Session], Any], writer: int, reader: int, session: Session, now: datetime
) -> None:
    """A colleague reads what stands there; three rules are not met on the second card."""
    found = api.blueprint_of(session, at=place(session), person_id=writer)
    for card in found.cards if found else ():
        if api.own_review(card, reader) is None:
            _review(session, card, reader, now)


def _review(session: Session, card: Card, reader: int, now: datetime) -> None:
    slips = ("K4", "B4", "M3") if card.number == 2 else ()
    idle = {"K6"} if card.stimulus_table or card.picture_key else {"K6", "K8"}
    if card.format == "true_false_table":
        idle |= {"M3", "K4", "K5", "B4"}
    scores: Mapping[str, int | str] = {
        line.code: 0
        if line.code in slips
        else NOT_APPLICABLE
        if line.may_not_apply and line.code in idle
        else 1
        for line in api.checklist_of(card).criteria
    }
    api.review_card(
        session,
        card_id=card.id,
        version=card.version,
        scores=scores,
        decision=Decision.IMPROVE if slips else Decision.USE,
        comment=_IMPROVE if slips else "",
        actor=_actor(reader),
        now=now,
    )


@cache
def content() -> dict[str, Any]:
    """The cards of the story, as they stand in its file."""
    found: dict[str, Any] = yaml.safe_load((CONTENT / "story.yaml").read_text(encoding="utf-8"))
    return found


def _actor(person_id: int) -> Actor:
    return Actor(person_id, "", "id", (), 0)
