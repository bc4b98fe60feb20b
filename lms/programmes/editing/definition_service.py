"""A programme's definition: created, brought into force as the next version, copied for another year."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from json import dumps, loads
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict
from lms.contract.events import Fact
from lms.contract.text import message
from lms.people import api as people
from lms.platform.audit import record
from lms.platform.outbox import emit
from lms.platform.plugins import plugins, registry
from lms.platform.versions import compare_and_set
from lms.programmes.definition.document import (
    Definition,
    dump,
    parse,
    refuse_bad_numbers,
    refuse_unknown_keys,
)
from lms.programmes.definition.queries import get_programme
from lms.programmes.definition.sections import SECTIONS, refuse_unknown_sections
from lms.programmes.editing.apply_definition import apply_everywhere
from lms.programmes.editing.impact import EffectCount, recorded
from lms.programmes.events import DEFINITION_APPLIED
from lms.programmes.models import (
    Programme,
    ProgrammeStatus,
    ProgrammeVersion,
)


def create_programme(
    session: Session,
    *,
    agency_id: int,
    definition: Definition,
    actor_id: int | None,
    now: datetime,
    status: ProgrammeStatus = ProgrammeStatus.RUNNING,
    copied_from: Mapping[str, Any] | None = None,
) -> Programme:
    """A new programme with its definition applied; raises Conflict for a taken code.

    ``copied_from``: sections of another programme, which are taken over also where their plugin is off.
    """
    taken = select(Programme.id).where(Programme.agency_id == agency_id, Programme.code == definition.code)
    if session.scalar(taken):
        raise Conflict(
            message(
                "Kode program %(code)s sudah dipakai. Tidak ada yang diubah. Pilih kode lain.",
                code=definition.code,
            )
        )
    programme = Programme(
        agency_id=agency_id,
        code=definition.code,
        title=definition.title,
        status=status,
        school_year=definition.school_year,
        timezone=definition.timezone,
        version=0,
        definition={SECTIONS: copied_from or {}},
        created_at=now,
    )
    session.add(programme)
    session.flush()
    apply_definition(
        session,
        programme_id=programme.id,
        definition=definition,
        version=0,
        actor_id=actor_id,
        now=now,
        note="Program dibuat",
    )
    return programme


def apply_definition(
    session: Session,
    *,
    programme_id: int,
    definition: Definition,
    version: int,
    actor_id: int | None,
    now: datetime,
    note: str,
    counts: Iterable[EffectCount] = (),
) -> None:
    """Bring ``definition`` into force as the next version.

    ``version`` is the one that the editor started from. ``counts`` say whose completion it gives and takes,
    as a rehearsal just found: nobody loses anything unseen, so they stand in the audit trail. Raises what
    ``put_in_place`` raises.
    """
    programme = get_programme(session, programme_id)
    put_in_place(session, programme, definition, version=version, actor_id=actor_id, now=now, note=note)
    completion = recorded(counts)
    record(
        session,
        actor_id=actor_id,
        action="programmes.edit",
        subject=("programme", programme.id),
        now=now,
        after={"version": programme.version, **({"completion": completion} if completion else {})},
        reason=note,
    )
    emit(session, Fact(DEFINITION_APPLIED, now, {"programme_id": programme.id}))


def put_in_place(
    session: Session,
    programme: Programme,
    definition: Definition,
    *,
    version: int,
    actor_id: int | None,
    now: datetime,
    note: str,
) -> None:
    """Make every row what ``definition`` says, in every domain.

    Raises Conflict when another version came in between or when work would be lost, DefinitionFault for
    keys that nobody brings and for certificate numbers that are too long or would not be one agency's own.
    """
    conflict = Conflict(
        message(
            "Definisi ini sudah diubah orang lain. Isian Bapak/Ibu masih ada. Bandingkan, lalu simpan lagi."
        )
    )
    compare_and_set(session, programme, Programme.version, seen=version, conflict=conflict)
    known = registry()
    refuse_unknown_keys(
        definition,
        modules=set(known.module_types),
        readable={key for key, module in known.module_types.items() if module.material},
        deliverables=set(known.deliverables),
        rules=set(known.completion_rules),
    )
    refuse_unknown_sections(definition.sections, known.sections, programme.definition.get(SECTIONS, {}))
    definition = parse(dump(definition), known.sections.values())
    refuse_bad_numbers(definition, people.get_agency(session, programme.agency_id).unit_code)
    programme.title, programme.school_year = definition.title, definition.school_year
    programme.timezone, programme.definition = definition.timezone, dump(definition)
    session.add(
        ProgrammeVersion(
            programme_id=programme.id,
            version=programme.version,
            definition=programme.definition,
            changed_by=actor_id,
            changed_at=now,
            note=note,
        )
    )
    session.flush()
    apply_everywhere(session, programme, definition, now)


def copy_programme(
    session: Session,
    *,
    programme_id: int,
    code: str,
    title: str,
    school_year: str,
    days: int,
    actor_id: int | None,
    now: datetime,
) -> Programme:
    """The same programme under a new code, every date moved by ``days``; no people, no work.

    It begins as a draft: last year's dates and stages are seldom this year's.
    """
    source = get_programme(session, programme_id)
    document = _shifted(loads(dumps(source.definition)), timedelta(days=days))
    assert isinstance(document, dict)
    definition = parse({**document, "code": code, "title": title, "school_year": school_year})
    copy = create_programme(
        session,
        agency_id=source.agency_id,
        definition=definition,
        actor_id=actor_id,
        now=now,
        status=ProgrammeStatus.DRAFT,
        copied_from=definition.sections,
    )
    plugins().ask("lms_copy_programme", strict=True, session=session, source_id=source.id, target_id=copy.id)
    return copy


def _shifted(value: object, by: timedelta) -> object:
    """Every ISO date and time inside JSON values, moved."""
    if isinstance(value, dict):
        return {key: _shifted(entry, by) for key, entry in value.items()}
    if isinstance(value, list):
        return [_shifted(entry, by) for entry in value]
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-":
        try:
            moved = datetime.fromisoformat(value) + by
        except (ValueError, OverflowError):  # a title that looks like a day
            return value
        return moved.date().isoformat() if len(value) == 10 else moved.isoformat()
    return value
