"""What the invented schools of a demonstration did: item analyses, cards, reviews. Data are examples."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any

import yaml
from sqlalchemy.orm import Session

from imbas_hots_assessment import analysis
from imbas_hots_assessment.blueprint import ITEM, ROW, Head, blueprint_of, save_head
from imbas_hots_assessment.documents import CARD, checklist
from imbas_hots_assessment.frameworks import CONTENT
from lms.api import (
    NOT_APPLICABLE,
    Actor,
    DocumentContent,
    DocumentLine,
    DocumentPicture,
    DocumentState,
    ReviewDecision,
    StorySchool,
    create_document,
    find_document,
    own_documents,
    quizzes_of_programme,
    review_document,
    save_part,
    storage,
    submit_document,
    workplace,
)

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
        if quiz.id in known and known[quiz.id].computed_at >= min(now, quiz.due_at):
            continue  # nobody has taken it since
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
    """Cards that the teacher does not have yet, complete and submitted."""
    at, actor = place(session), _actor(person_id)
    here = {"programme_id": at.programme_id, "school_id": at.school_id, "person_id": person_id}
    taken = {found.values(ROW)["number"] for _line, found in own_documents(session, CARD, **here)}
    if blueprint_of(session, **here) is None:
        save_head(session, at=at, version=0, head=Head(**content()["head"]), actor=actor, now=now)
    for index in chosen:
        if index + 1 not in taken:
            written = {**content()["cards"][index], "number": Decimal(index + 1)}
            if picture := written.get("picture"):
                key = storage().put((CONTENT / picture["file"]).read_bytes(), suffix="jpg").key
                written["picture"] = DocumentPicture(key, picture["alt"])
            card = create_document(
                session, type_=CARD, at=at, kind="card", title=written["material"], actor=actor, now=now
            )
            for part in CARD.kinds[0].parts:
                fields = {entry.key: written[entry.key] for entry in part.fields if entry.key in written}
                version = 1 if part.key == ROW else 0
                save_part(
                    session,
                    document_id=card.id,
                    part=part.key,
                    values=fields,
                    version=version,
                    actor=actor,
                    now=now,
                )
            submit_document(session, document_id=card.id, actor=actor, now=now)


def _review_all(
    place: Callable[[Session], Any], writer: int, reader: int, session: Session, now: datetime
) -> None:
    """A colleague reads what waits there; three rules are not met on the second card."""
    at = place(session)
    found = own_documents(
        session, CARD, programme_id=at.programme_id, school_id=at.school_id, person_id=writer
    )
    for line, card in sorted(found, key=lambda pair: pair[0].id):
        if line.state is DocumentState.IN_REVIEW:
            _review(session, line, card, reader, now)


def _review(session: Session, line: DocumentLine, card: DocumentContent, reader: int, now: datetime) -> None:
    row, item = card.values(ROW), card.values(ITEM)
    slips = ("K4", "B4", "M3") if row["number"] == 2 else ()
    idle = {"K6"} if item["stimulus_table"] or item["picture"] else {"K6", "K8"}
    if row["format"] == "true_false_table":
        idle |= {"M3", "K4", "K5", "B4"}
    scores: Mapping[str, int | str] = {
        rule.code: 0
        if rule.code in slips
        else NOT_APPLICABLE
        if rule.may_not_apply and rule.code in idle
        else 1
        for rule in checklist(card).criteria
    }
    review_document(
        session,
        document_id=line.id,
        version=find_document(session, line.id).version,
        scores=scores,
        comments={},
        decision=ReviewDecision.NEEDS_REVISION if slips else ReviewDecision.ACCEPTED,
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
