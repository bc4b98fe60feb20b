"""What a change would do to people, as the page shows it before anything comes into force."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.people import api as people
from lms.programmes.editing.impact import Where
from lms.programmes.editing.listeners import Effect
from lms.programmes.editing.trial_run import Outcome
from lms.programmes.enrolment.queries import enrolments
from lms.programmes.schedule.queries import stages_of
from lms.web.i18n import gettext as _

NAMES = 20
"""Most names on the page; the counts say how many there are."""


@dataclass(frozen=True, slots=True)
class Loser:
    """A participant, or a school (``person`` ""), and where completion is lost."""

    person: str
    school: people.School
    places: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Sentences, the counts by place, and the first of those who lose something."""

    sentences: tuple[str, ...]
    rows: tuple[tuple[str, int, int, int, int], ...]
    """Place; participants who lose and gain, schools that lose and gain."""
    losers: tuple[Loser, ...]
    more: int
    """How many lose something and are not listed."""


def what_if(session: Session, programme_id: int, outcome: Outcome) -> WhatIf:
    """The outcome of a rehearsal in words; a fixed number of queries."""
    numbers: dict[int | None, int] = {stage.id: stage.no for stage in stages_of(session, programme_id)}
    places: dict[tuple[int, int | None], list[Where]] = {}
    for effect in outcome.effects:
        if not effect.gained:
            where = numbers.get(effect.stage_id, 0), effect.phase
            places.setdefault((effect.school_id, effect.enrolment_id), []).append(where)
    wanted = sorted(places, key=lambda key: (key[0], key[1] or 0))[:NAMES]  # a school before its people
    enrolled = {
        row.id: row.person_id
        for row in enrolments(
            session, programme_id=programme_id, ids=[owner for _school, owner in wanted if owner is not None]
        )
    }
    names = people.names(session, enrolled.values())
    schools = people.schools_by_id(session, [key[0] for key in wanted])
    return WhatIf(
        _sentences(outcome.effects),
        tuple(
            (_place(row.where), row.people_lost, row.people_gained, row.schools_lost, row.schools_gained)
            for row in outcome.counts
        ),
        tuple(
            Loser(
                names[enrolled[key[1]]] if key[1] is not None else "",
                schools[key[0]],
                ", ".join(map(_place, sorted(places[key]))),
            )
            for key in wanted
        ),
        len(places) - len(wanted),
    )


def _sentences(effects: Iterable[Effect]) -> tuple[str, ...]:
    if not effects:
        return (_("Tidak ada ketuntasan yang berubah."),)
    people_lost, schools_lost = _heads(effects, gained=False)
    people_gained, schools_gained = _heads(effects, gained=True)
    found = [
        _(
            "%(people)s peserta dan %(schools)s sekolah akan kehilangan ketuntasan.",
            people=people_lost,
            schools=schools_lost,
        )
        if people_lost or schools_lost
        else _("Tidak ada yang kehilangan ketuntasan.")
    ]
    if people_gained or schools_gained:
        found.append(
            _(
                "%(people)s peserta dan %(schools)s sekolah akan mendapat ketuntasan.",
                people=people_gained,
                schools=schools_gained,
            )
        )
    return (*found, _("Sertifikat yang sudah terbit tetap berlaku."))


def _heads(effects: Iterable[Effect], *, gained: bool) -> tuple[int, int]:
    """Participants and schools, each counted once."""
    heads = {(effect.school_id, effect.enrolment_id) for effect in effects if effect.gained is gained}
    schools = sum(1 for _school, enrolment_id in heads if enrolment_id is None)
    return len(heads) - schools, schools


def _place(where: Where) -> str:
    number, phase = where
    if not number:
        return str(_("Seluruh program"))
    words = {"in_service": " In Service", "on_service": " On Service"}
    return f"{_('Tahap')} {number}{words.get(phase, '')}"
