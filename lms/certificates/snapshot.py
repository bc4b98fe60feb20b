"""What a certificate says, frozen at issue, so that it outlives names, plugins and programmes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.completion import api as completion
from lms.contract.catalogues import SOURCE
from lms.contract.numbers import comma
from lms.contract.plugin import Award
from lms.people import api as people
from lms.platform.plugins import plugins
from lms.programmes import api as programmes


def snapshot(
    session: Session,
    row: Certificate,
    definition: programmes.Definition,
    agency: people.Agency,
    programme: programmes.Programme,
    state: completion.CompletionState,
    now: datetime,
) -> dict[str, Any]:
    """Everything that the certificate says, in words and numbers of this moment."""
    terms = definition.certificate
    first, last = (
        format_date(day, "d MMMM y", locale="id") for day in (definition.first_day, definition.last_day)
    )
    days = f"{first} sampai {last}" if first != last else first
    jp = definition.jp_in + definition.jp_on
    done = "telah menyelesaikan" if row.enrolment_id is not None else "telah melaksanakan"
    lines = []
    if terms.show_scores and state.scores:
        lines.append({"label": "Nilai akhir", "value": comma(Decimal(state.scores["final"]), 2)})
    award = Award(programme.id, row.school_id, row.enrolment_id, _final(state))
    for _plugin, offered in plugins().ask("lms_certificate_lines", strict=True, session=session, award=award):
        lines += [{"label": line.label.in_(SOURCE), "value": line.value} for line in offered]
    return {
        "title": terms.title if row.enrolment_id is not None else terms.school_title,
        **_whom(session, row),
        "activity": terms.activity,
        "sentence": f"{done} {terms.activity} pada {days}, setara {jp} jam pelajaran (JP).",
        "predicate": _predicate(session, award, state),
        "structure": [
            {"title": line.title, "jp_in": line.jp_in, "jp_on": line.jp_on}
            for stage in definition.stages
            for line in stage.materials
        ],
        "jp_in": definition.jp_in,
        "jp_on": definition.jp_on,
        "lines": lines,
        **_by_whom(definition, agency, now),
    }


def renewed(
    session: Session,
    row: Certificate,
    old: dict[str, Any],
    definition: programmes.Definition,
    agency: people.Agency,
    now: datetime,
) -> dict[str, Any]:
    """What an earlier certificate says, with the names and the office of this moment."""
    return {**old, **_whom(session, row), **_by_whom(definition, agency, now)}


def _whom(session: Session, row: Certificate) -> dict[str, Any]:
    school = people.get_school(session, row.school_id)
    if row.enrolment_id is None:
        return {"name": school.name, "identity": f"NPSN {school.npsn}", "school": ""}
    person = people.get_person(session, programmes.get_enrolment(session, row.enrolment_id).person_id)
    row.person_id = person.id
    identity = f"NIP {people.spaced_nip(person.nip)}" if person.nip else f"NUPTK {person.nuptk or '-'}"
    return {"name": person.display_name, "identity": identity, "school": school.name}


def _by_whom(definition: programmes.Definition, agency: people.Agency, now: datetime) -> dict[str, Any]:
    terms = definition.certificate
    return {
        "agency": terms.agency or agency.name,
        "letterhead": list(terms.letterhead or agency.letterhead.get("lines", [])),
        "city": terms.city,
        "date": format_date(now.astimezone(definition.zone).date(), "d MMMM y", locale="id"),
        "signer": terms.signer.model_dump(),
        "responsible": terms.responsible.model_dump(),
    }


def _predicate(session: Session, award: Award, state: completion.CompletionState) -> str:
    """The qualification: a participant's by the final score, a school's as the first plugin that knows one says."""
    if award.enrolment_id is not None:
        return str(state.scores.get("predicate", ""))
    answers = plugins().ask("lms_school_predicate", strict=True, session=session, award=award)
    return next((said.in_(SOURCE) for _plugin, said in answers if said is not None), "")


def _final(state: completion.CompletionState) -> Decimal | None:
    return Decimal(state.scores["final"]) if state.scores else None
