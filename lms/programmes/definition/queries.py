"""Reading programmes and the definition in force.

What the pages of a participant and the worker ask all the time are statements built once.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.paging import PAGE
from lms.contract.text import message
from lms.contract.typed_fields import TypedFields
from lms.platform.long_lists import among
from lms.platform.plugins import registry
from lms.programmes.definition.document import Definition, parse
from lms.programmes.models import (
    Programme,
    ProgrammeStatus,
    ProgrammeVersion,
    Stage,
    digest_of,
)

Row = TypeVar("Row")
Section = TypeVar("Section", bound=TypedFields)
MOST_PARSED = 64
"""Definitions that a process keeps parsed; of those the one that was asked for longest ago goes first."""
_PARSED: OrderedDict[str, Definition] = OrderedDict()
_PARSING = Lock()


def get_programme(session: Session, programme_id: int) -> Programme:
    """The programme; raises NotFound."""
    return must_exist(session.get(Programme, programme_id))


def definition_of(programme: Programme) -> Definition:
    """The definition in force, parsed once in each process.

    The row names it by its digest: a new one is used as soon as it is committed, and one that is only tried out is
    never taken for the one in force.
    """
    digest = programme.definition_digest
    with _PARSING:
        known = _PARSED.get(digest)
        if known is not None:
            _PARSED.move_to_end(digest)
            return known
    written = (
        programme.definition
    )  # read by a statement of its own: another digest's when somebody has saved meanwhile
    parsed = parse(written)
    with _PARSING:
        _PARSED[digest_of(written)] = parsed
        while len(_PARSED) > MOST_PARSED:
            _PARSED.popitem(last=False)
    return parsed


def programme_section(session: Session, programme_id: int, model: type[Section]) -> Section | None:
    """What a programme says in the plugin's section that has this ``model``; None where it says nothing.

    Raises NotFound for no such programme, and ValidationError for values of before that the model does not take any more: a
    migration of the plugin brings them over (``adopt_section``).
    """
    key = next(section.key for section in registry().sections.values() if section.model is model)
    values = definition_of(get_programme(session, programme_id)).sections.get(key)
    return None if values is None else model.model_validate(values)


def programmes_of_agencies(session: Session, agency_ids: Sequence[int]) -> list[Programme]:
    """Programmes of the agencies, newest first."""
    query = (
        select(Programme)
        .where(among(Programme.agency_id, agency_ids))
        .order_by(Programme.id.desc())
        .limit(PAGE)
    )
    return list(session.scalars(query))


def started_programmes(
    session: Session, agency_ids: Iterable[int], *, now: datetime, most: int = 20
) -> list[Programme]:
    """Programmes of some agencies without drafts, in the order in which they concern people now.

    Those of which a stage runs come first, then others that run, then closed ones; newer before older.
    """
    wanted = {"agencies": list(agency_ids), "now": now, "most": most}
    return list(session.scalars(_STARTED, wanted))


def versions_of(session: Session, programme_id: int) -> list[ProgrammeVersion]:
    """Every definition that was in force, newest first."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.programme_id == programme_id)
    return list(session.scalars(query.order_by(ProgrammeVersion.version.desc()).limit(PAGE)))


def place_of_programme(session: Session, programme_id: int, **_more: Any) -> Place:
    """``place`` of a route about a whole programme; raises NotFound."""
    return place_in(get_programme(session, programme_id))


def place_in(programme: Programme, school_id: int | None = None) -> Place:
    """Where something of a programme stands: of all of it, or of one school."""
    draft = programme.status is ProgrammeStatus.DRAFT
    return Place(programme.agency_id, school_id, programme.id, draft=draft)


def must_exist(row: Row | None) -> Row:
    """``row``; raises NotFound for None."""
    if row is None:
        raise NotFound(
            message(
                "Data ini tidak ada atau sudah dipindahkan. Pekerjaan tetap aman. Mulai lagi dari beranda."
            )
        )
    return row


HAS_STARTED = Programme.status != ProgrammeStatus.DRAFT
"""A condition: the programme is no draft."""
_RUNS_NOW = exists().where(
    Stage.programme_id == Programme.id,
    Stage.opens_at <= bindparam("now"),
    Stage.closes_at > bindparam("now"),
)
BY_CONCERN = (
    (Programme.status == ProgrammeStatus.RUNNING).desc(),
    _RUNS_NOW.desc(),
    Programme.id.desc(),
)
"""An order: as programmes concern people now (``started_programmes``)."""
_STARTED = (
    select(Programme)
    .where(among(Programme.agency_id, bindparam("agencies")), HAS_STARTED)
    .order_by(*BY_CONCERN)
    .limit(bindparam("most"))
)
