"""Who has read what: the sections that a participant has marked, and when that is the whole material."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.contract.events import Fact
from lms.modules.events import MATERIAL_READ
from lms.modules.material import sections_of
from lms.modules.models import ModulePlacement, ReadSection
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class Progress:
    """How many sections of a material a participant has marked as read, of ``total`` (0: it cannot be shown now)."""

    read: int
    total: int
    completed: bool = False
    """The material was read to its end before: what a new edition of the module adds takes that from nobody."""

    @property
    def is_complete(self) -> bool:
        """Whether the material counts as read."""
        return self.completed or 0 < self.total <= self.read


@dataclass(frozen=True, slots=True)
class Reading:
    """What one participant has read of one material: numbers of sections, and whether that is the whole."""

    sections: frozenset[int]
    is_complete: bool


def mark_read(
    session: Session,
    *,
    enrolment_id: int,
    placement: ModulePlacement,
    sections: Collection[int],
    now: datetime,
) -> None:
    """Remember that sections were read, whenever that is; twice is once.

    The section that completes the material says so, and leaves a fact. Raises Conflict in a closed programme.
    """
    # Of two presses at once the later one sees what the earlier one has marked.
    enrolment = session.get_one(programmes.Enrolment, enrolment_id, with_for_update={"key_share": True})
    programmes.refuse_closed(session, enrolment.programme_id)
    known = reading_of(session, enrolment_id=enrolment_id, placement=placement)
    new = sorted(set(sections) - known.sections)
    total = len(sections_of(placement))
    completes = bool(new) and not known.is_complete and len(known.sections) + len(new) >= total
    for section in new:
        session.add(
            ReadSection(
                enrolment_id=enrolment_id,
                placement_id=placement.id,
                section=section,
                read_at=now,
                completes=completes and section == new[-1],
            )
        )
    if completes:
        payload = {"programme_id": enrolment.programme_id, "enrolment_id": enrolment_id}
        emit(session, Fact(MATERIAL_READ, now, payload))


def reading_of(session: Session, *, enrolment_id: int, placement: ModulePlacement) -> Reading:
    """What a participant has read of a material, section by section."""
    rows = session.execute(_READ, {"enrolment": enrolment_id, "placement": placement.id}).all()
    progress = Progress(len(rows), len(sections_of(placement)), any(row.completes for row in rows))
    return Reading(frozenset(row.section for row in rows), progress.is_complete)


def progress_of(
    session: Session, *, enrolment_ids: Sequence[int], placements: Sequence[ModulePlacement]
) -> dict[tuple[int, int], Progress]:
    """Progress by (enrolment, placement), also of those who have read nothing; one query, whatever their number."""
    totals = {placement.id: len(sections_of(placement)) for placement in placements}
    rows = session.execute(_PROGRESS, {"enrolments": list(enrolment_ids), "placements": list(totals)})
    found = {
        (row.enrolment_id, row.placement_id): Progress(row.read, totals[row.placement_id], row.completed > 0)
        for row in rows
    }
    return {
        (enrolment_id, placement_id): found.get((enrolment_id, placement_id), Progress(0, total))
        for enrolment_id in enrolment_ids
        for placement_id, total in totals.items()
    }


_READ = select(ReadSection.section, ReadSection.completes).where(
    ReadSection.enrolment_id == bindparam("enrolment"), ReadSection.placement_id == bindparam("placement")
)
_PROGRESS = (
    select(
        ReadSection.enrolment_id,
        ReadSection.placement_id,
        func.count().label("read"),
        func.count().filter(ReadSection.completes.is_(True)).label("completed"),
    )
    .where(
        among(ReadSection.enrolment_id, bindparam("enrolments")),
        among(ReadSection.placement_id, bindparam("placements")),
    )
    .group_by(ReadSection.enrolment_id, ReadSection.placement_id)
)
