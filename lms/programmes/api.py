"""The door of this domain.

Reading: ``get_programme``, ``definition_of``, ``stages_of``, ``sessions_of``, ``schools_of``,
``enrolments``, ``enrolment_of``, ``jp_of``, ``deadlines``. Changing: ``create_programme``,
``apply_definition``, ``add_school``, ``enrol``, ``record_attendance``, ``move_deadline``,
``copy_programme``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from json import dumps, loads

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.errors import Conflict
from lms.contract.events import Fact
from lms.contract.text import Text
from lms.platform.audit import record
from lms.platform.outbox import emit
from lms.platform.plugins import plugins, registry
from lms.programmes.appliers import apply_everywhere, has_work
from lms.programmes.attendance import (
    Jp,
    Presence,
    attendance_of_session,
    jp_of,
    missing_lists,
    record_attendance,
)
from lms.programmes.deadlines import ON_SERVICE, Deadlines, deadlines, move_deadline
from lms.programmes.definition import Definition, Participant, dump, parse, refuse_unknown_keys
from lms.programmes.events import DEFINITION_APPLIED, ENROLLED
from lms.programmes.faults import DefinitionFault
from lms.programmes.models import (
    AttendanceRecord,
    DeadlineChange,
    Enrolment,
    InServiceSession,
    Programme,
    ProgrammeSchool,
    ProgrammeStatus,
    ProgrammeVersion,
    SchoolKind,
    Stage,
)
from lms.programmes.reading import (
    count_schools,
    current_stage,
    definition_of,
    enrolment_of,
    enrolments,
    get_enrolment,
    get_programme,
    get_stage,
    model_schools,
    place_of_programme,
    place_of_stage,
    programmes_of_agencies,
    schools_of,
    sessions_of,
    stages_of,
    versions_of,
)
from lms.programmes.rules import AttendanceStatus, Progress, stage_progress
from lms.programmes.source import dump_yaml, load_yaml

__all__ = [
    "ON_SERVICE",
    "AttendanceRecord",
    "AttendanceStatus",
    "DeadlineChange",
    "Deadlines",
    "Definition",
    "DefinitionFault",
    "Enrolment",
    "InServiceSession",
    "Jp",
    "Participant",
    "Presence",
    "Programme",
    "ProgrammeSchool",
    "ProgrammeStatus",
    "ProgrammeVersion",
    "Progress",
    "SchoolKind",
    "Stage",
    "add_school",
    "apply_definition",
    "attendance_of_session",
    "copy_programme",
    "count_schools",
    "create_programme",
    "current_stage",
    "deadlines",
    "definition_of",
    "dump_yaml",
    "enrol",
    "enrolment_of",
    "enrolments",
    "get_enrolment",
    "get_programme",
    "get_stage",
    "has_work",
    "jp_of",
    "load_yaml",
    "missing_lists",
    "model_schools",
    "move_deadline",
    "place_of_programme",
    "place_of_stage",
    "programmes_of_agencies",
    "record_attendance",
    "schools_of",
    "sessions_of",
    "stage_progress",
    "stages_of",
    "versions_of",
]


def create_programme(
    session: Session, *, agency_id: int, definition: Definition, actor_id: int | None, now: datetime
) -> Programme:
    """A new programme, running, with its definition applied; raises Conflict for a taken code."""
    taken = select(Programme.id).where(Programme.agency_id == agency_id, Programme.code == definition.code)
    if session.scalar(taken):
        raise Conflict(
            Text(
                f"Kode program {definition.code} sudah dipakai. Tidak ada yang diubah. Pilih kode lain.",
                f"The code {definition.code} is taken. Nothing was changed. Choose another.",
            )
        )
    programme = Programme(
        agency_id=agency_id, code=definition.code, title=definition.title, status=ProgrammeStatus.RUNNING,
        school_year=definition.school_year, timezone=definition.timezone, version=0, definition={},
        created_at=now,
    )  # fmt: skip
    session.add(programme)
    session.flush()
    apply_definition(
        session, programme_id=programme.id, definition=definition, version=0, actor_id=actor_id, now=now,
        note="Program dibuat",
    )  # fmt: skip
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
) -> None:
    """Bring ``definition`` into force as the next version.

    ``version`` is the one that the editor started from. Raises Conflict when another one came in
    between or when work would be lost, DefinitionFault for keys that nobody brings.
    """
    programme = get_programme(session, programme_id)
    if programme.version != version:
        raise Conflict(
            Text(
                "Definisi ini sudah diubah orang lain. Isian Bapak/Ibu masih ada. Bandingkan, lalu simpan lagi.",
                "Somebody else has changed this definition. What you typed is kept. Compare and save again.",
            )
        )
    known = registry()
    refuse_unknown_keys(
        definition,
        modules=set(known.module_types),
        deliverables=set(known.deliverables),
        rules=set(known.completion_rules),
    )
    programme.version += 1
    programme.title, programme.school_year = definition.title, definition.school_year
    programme.timezone, programme.definition = definition.timezone, dump(definition)
    session.add(
        ProgrammeVersion(
            programme_id=programme.id, version=programme.version, definition=programme.definition,
            changed_by=actor_id, changed_at=now, note=note,
        )
    )  # fmt: skip
    session.flush()
    apply_everywhere(session, programme, definition, now)
    record(
        session, actor_id=actor_id, action="programmes.edit", subject=("programme", programme.id), now=now,
        after={"version": programme.version}, reason=note,
    )  # fmt: skip
    emit(session, Fact(DEFINITION_APPLIED, now, {"programme_id": programme.id}))


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
    """The same programme under a new code, every date moved by ``days``; no people, no work."""
    source = get_programme(session, programme_id)
    document = _shifted(loads(dumps(source.definition)), timedelta(days=days))
    assert isinstance(document, dict)
    definition = parse({**document, "code": code, "title": title, "school_year": school_year})
    copy = create_programme(
        session, agency_id=source.agency_id, definition=definition, actor_id=actor_id, now=now
    )
    plugins().ask("lms_copy_programme", strict=True, session=session, source_id=source.id, target_id=copy.id)
    return copy


def add_school(session: Session, *, programme_id: int, school_id: int, kind: SchoolKind) -> None:
    """Let a school take part; changing its kind is allowed, adding it twice is harmless."""
    row = session.get(ProgrammeSchool, (programme_id, school_id))
    if row is None:
        session.add(ProgrammeSchool(programme_id=programme_id, school_id=school_id, kind=kind))
    else:
        row.kind = kind


def enrol(
    session: Session, *, programme_id: int, people_roles: Sequence[tuple[int, int, Role]], now: datetime
) -> list[int]:
    """Enrol (person, school, role); who is enrolled already stays as he is. The new ids."""
    person_ids = [person_id for person_id, _school, _role in people_roles]
    known = set(
        session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.programme_id == programme_id, Enrolment.person_id.in_(person_ids)
            )
        )
    )
    rows = [
        Enrolment(
            programme_id=programme_id, person_id=person_id, school_id=school_id, role=role, enrolled_at=now
        )
        for person_id, school_id, role in people_roles
        if person_id not in known
    ]
    session.add_all(rows)
    session.flush()
    ids = [row.id for row in rows]
    if ids:
        emit(session, Fact(ENROLLED, now, {"programme_id": programme_id, "enrolment_ids": ids}))
    return ids


def _shifted(value: object, by: timedelta) -> object:
    """Every ISO date and time inside JSON values, moved."""
    if isinstance(value, dict):
        return {key: _shifted(entry, by) for key, entry in value.items()}
    if isinstance(value, list):
        return [_shifted(entry, by) for entry in value]
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-":
        try:
            moved = datetime.fromisoformat(value) + by
        except ValueError:
            return value
        return moved.date().isoformat() if len(value) == 10 else moved.isoformat()
    return value
