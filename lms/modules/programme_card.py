"""A programme as a plugin reads it: its days, its stages, and which modules stand in them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.modules.models import ModulePlacement
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class StageCard:
    """A stage: when it opens, until when its work at school is due, when it closes (aware UTC), and its modules in order."""

    id: int
    no: int
    title: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeCard:
    """What a programme says about itself; nothing in it is about a person."""

    id: int
    agency_id: int
    code: str
    title: str
    school_year: str
    timezone: ZoneInfo
    closed: bool
    draft: bool
    stages: tuple[StageCard, ...]

    @property
    def place(self) -> Place:
        """Where the whole programme stands, for authorisation."""
        return Place(self.agency_id, None, self.id, closed=self.closed, draft=self.draft)

    def stage_of(self, module_key: str) -> StageCard | None:
        """The stage in which a module is placed; None when the programme does without it."""
        return next((stage for stage in self.stages if module_key in stage.modules), None)


def programme_card(session: Session, programme_id: int) -> ProgrammeCard:
    """The programme with its stages in order, in one statement; raises NotFound.

    Nothing is decided here: a page asks its route's ``place`` first, as ``place_of_programme`` or ``place_of_workplace``.
    """
    rows = session.execute(_CARD, {"programme": programme_id}).all()
    if not rows:
        programmes.get_programme(session, programme_id)  # raises NotFound in its own words
    stages: dict[int, StageCard] = {}
    for row in rows:
        if row.stage_id is None:
            continue
        known = stages.get(row.stage_id)
        modules = (*(known.modules if known else ()), *([row.module_key] if row.module_key else []))
        stages[row.stage_id] = StageCard(
            row.stage_id, row.no, row.stage, row.opens_at, row.on_service_due_at, row.closes_at, modules
        )
    head = rows[0]
    return ProgrammeCard(
        id=programme_id,
        agency_id=head.agency_id,
        code=head.code,
        title=head.title,
        school_year=head.school_year,
        timezone=ZoneInfo(head.timezone),
        closed=head.status is programmes.ProgrammeStatus.CLOSED,
        draft=head.status is programmes.ProgrammeStatus.DRAFT,
        stages=tuple(stages.values()),
    )


_CARD = (
    select(
        programmes.Programme.agency_id,
        programmes.Programme.code,
        programmes.Programme.title,
        programmes.Programme.school_year,
        programmes.Programme.timezone,
        programmes.Programme.status,
        programmes.Stage.id.label("stage_id"),
        programmes.Stage.no,
        programmes.Stage.title.label("stage"),
        programmes.Stage.opens_at,
        programmes.Stage.on_service_due_at,
        programmes.Stage.closes_at,
        ModulePlacement.module_key,
    )
    .outerjoin(programmes.Stage, programmes.Stage.programme_id == programmes.Programme.id)
    .outerjoin(ModulePlacement, ModulePlacement.stage_id == programmes.Stage.id)
    .where(programmes.Programme.id == bindparam("programme"))
    .order_by(programmes.Stage.no, ModulePlacement.position)
)
