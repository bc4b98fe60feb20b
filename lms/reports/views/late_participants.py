"""Who in a school is behind in the stage that runs or in one before it, and a reminder that is ready for WhatsApp.

Messages go from phone to phone (requirement F9): the page only prepares the words, in Indonesian,
and names nothing but what is open.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy.orm import Session

from lms.completion import api as completion
from lms.contract.text import Text, text_of
from lms.people import api as people
from lms.programmes import api as programmes
from lms.web.filters import long_datetime

_OTHERS = frozenset({"grader", "facilitator", "admin"})
"""Whose turn is not the participant's: nobody is reminded of what others owe."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A participant with open tasks of their own."""

    person: people.Person
    open: tuple[tuple[programmes.Stage, tuple[Text, ...]], ...]
    """What is open, by stage, earlier stages first."""
    whatsapp: str

    @property
    def count(self) -> int:
        """How many tasks are open."""
        return sum(len(texts) for _stage, texts in self.open)


@dataclass(frozen=True, slots=True)
class OurTeachers:
    """The screen: who is behind, how many are not, and one message for the school's group."""

    stage: programmes.Stage
    due_at: datetime
    behind: tuple[Behind, ...]
    up_to_date: int
    everybody: int
    group_text: str
    group_whatsapp: str


def our_teachers(
    session: Session, *, programme_id: int, school_id: int, address: str, now: datetime
) -> OurTeachers | None:
    """The participants of a school in the current stage and before; None while the programme has no stage."""
    stages = programmes.stages_of(session, programme_id)
    stage = programmes.current_stage(stages, now)
    if stage is None:
        return None
    begun = [entry for entry in stages if entry.no <= stage.no]
    moved = programmes.deadlines(session, programme_id=programme_id, school_ids=[school_id])
    due_at = moved.due_at(stage_id=stage.id, school_id=school_id, target="", default=stage.on_service_due_at)
    zone = people.get_agency(session, people.get_school(session, school_id).agency_id).timezone
    until = long_datetime(due_at, zone, "id")
    enrolments = programmes.enrolments(session, programme_id=programme_id, school_ids=[school_id])
    persons = people.persons_by_id(session, [row.person_id for row in enrolments])
    states = completion.stage_states(
        session, programme_id=programme_id, school_id=school_id, stage_ids=[entry.id for entry in begun]
    )
    behind = []
    for enrolment in enrolments:
        person = persons[enrolment.person_id]
        left = tuple(
            (entry, texts) for entry in begun if (texts := _left(states.get((enrolment.id, entry.id))))
        )
        if left:
            words = _reminder(person.display_name, left, stage, until, address)
            behind.append(Behind(person, left, _link(words, person.phone)))
    behind.sort(key=lambda entry: (-entry.count, entry.person.full_name))
    group = _group_reminder(stage, behind, until, address)
    return OurTeachers(
        stage, due_at, tuple(behind), len(enrolments) - len(behind), len(enrolments), group, _link(group, "")
    )


def _left(state: completion.CompletionState | None) -> tuple[Text, ...]:
    """What a participant has to do for a stage."""
    reasons = state.reasons if state else ()
    return tuple(text_of(reason["text"]) for reason in reasons if reason["who"] not in _OTHERS)


def _reminder(
    name: str,
    left: tuple[tuple[programmes.Stage, tuple[Text, ...]], ...],
    current: programmes.Stage,
    until: str,
    address: str,
) -> str:
    parts = [f"Yth. Bapak/Ibu {name.rstrip('.')}."]
    for stage, texts in left:
        lines = "\n".join(f"- {text.in_('id')}" for text in texts)
        over = "" if stage is current else " (sudah lewat batas)"
        parts.append(f"Di tahap {stage.no}{over} masih ada:\n{lines}")
    parts += [f"Batas tahap {current.no}: {until}. Masuk di {address}", "Terima kasih."]
    return "\n".join(parts)


def _group_reminder(stage: programmes.Stage, behind: list[Behind], until: str, address: str) -> str:
    lines = "\n".join(f"- {entry.person.display_name} ({entry.count} tugas)" for entry in behind)
    return (
        f"Yth. Bapak/Ibu. Tahap {stage.no} ({stage.title}) berakhir {until}. "
        f"Yang masih punya tugas:\n{lines}\nRinciannya ada di beranda masing-masing: {address}\nTerima kasih."
    )


def _link(words: str, phone: str) -> str:
    """A wa.me address; without a number WhatsApp asks for the chat."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return f"https://wa.me/{digits}?text={quote(words)}"
