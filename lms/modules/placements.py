"""Where modules stand in programmes: placements follow the definition."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import message, message_in
from lms.modules.models import ModulePlacement, ReadSection
from lms.platform.long_lists import among
from lms.programmes import api as programmes


def apply_programme(
    session: Session, programme: programmes.Programme, definition: programmes.Definition, _now: datetime
) -> None:
    """Create, move and rename placements."""
    stages = {stage.no: stage.id for stage in programmes.stages_of(session, programme.id)}
    known = {row.module_key: row for row in placements_of(session, list(stages.values()))}
    for spec in definition.stages:
        lines = [line for line in spec.materials if line.module]
        for position, line in enumerate(lines, start=1):
            row = known.pop(line.module, None) or ModulePlacement(module_key=line.module)
            row.stage_id, row.title, row.position = stages[spec.no], line.title, position
            row.jp_in, row.jp_on = line.jp_in, line.jp_on
            row.reading_required = line.reading_required
            session.add(row)
    session.flush()


def drop_left_out(
    session: Session, programme: programmes.Programme, definition: programmes.Definition
) -> None:
    """Remove placements that the definition no longer names; raises Conflict for one that was read."""
    wanted = {line.module for spec in definition.stages for line in spec.materials}
    stages = [stage.id for stage in programmes.stages_of(session, programme.id)]
    for row in placements_of(session, stages):
        if row.module_key in wanted:
            continue
        read = select(ReadSection.section).where(ReadSection.placement_id == row.id).limit(1)
        if session.scalar(read) is not None:
            raise programmes.has_work(message_in("kept", "Materi %(title)s", title=row.title))
        session.delete(row)
    session.flush()


def placements_of(session: Session, stage_ids: Sequence[int]) -> list[ModulePlacement]:
    """Modules of some stages in order."""
    return list(session.scalars(_PLACEMENTS, {"stages": list(stage_ids)}))


def placement_in(session: Session, *, programme_id: int, module_key: str) -> ModulePlacement | None:
    """Where a programme has placed a module; None when it has not."""
    return session.scalar(
        select(ModulePlacement)
        .join(programmes.Stage, programmes.Stage.id == ModulePlacement.stage_id)
        .where(programmes.Stage.programme_id == programme_id, ModulePlacement.module_key == module_key)
    )


def get_placement(session: Session, placement_id: int) -> ModulePlacement:
    """The placement; raises NotFound."""
    row = session.get(ModulePlacement, placement_id)
    if row is None:
        raise NotFound(
            message(
                "Materi ini tidak ada atau sudah dipindahkan. Pekerjaan tetap aman. Mulai lagi dari beranda."
            )
        )
    return row


def place_of_placement(session: Session, placement_id: int) -> Place:
    """``place`` of a route about a module in a stage: that of its programme, for all who take part. Raises NotFound."""
    return programmes.place_of_stage(session, get_placement(session, placement_id).stage_id)


_PLACEMENTS = (
    select(ModulePlacement)
    .where(among(ModulePlacement.stage_id, bindparam("stages")))
    .order_by(ModulePlacement.stage_id, ModulePlacement.position)
)
