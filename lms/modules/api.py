"""The door of this domain: placements, material as sections, reading progress."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.modules import Material, ModuleType
from lms.contract.text import Text
from lms.modules.models import ModulePlacement, ReadSection
from lms.modules.workplaces import Workplace, place_of_workplace, workplace
from lms.platform.plugins import registry
from lms.programmes import api as programmes
from lms.web.markdown import Section, sections

__all__ = [
    "ModulePlacement",
    "Workplace",
    "apply_programme",
    "drop_left_out",
    "get_placement",
    "mark_read",
    "material_sections",
    "module_of",
    "place_of_placement",
    "place_of_workplace",
    "placement_in",
    "placements_of",
    "read_counts",
    "read_sections",
    "workplace",
]


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
            raise programmes.has_work(f"Materi {row.title}", f"The material {row.title}")
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
            Text(
                "Materi ini tidak ada atau sudah dipindahkan. Pekerjaan tetap aman. Mulai lagi dari beranda.",
                "This material does not exist or has moved. Your work is safe. Start from the home page.",
            )
        )
    return row


def module_of(placement: ModulePlacement) -> ModuleType | None:
    """What the plugin says about the module; None when the plugin is gone."""
    return registry().module_types.get(placement.module_key)


def material_sections(module: ModuleType, picture_url: str) -> tuple[Section, ...]:
    """The module's text, rendered once; ``picture_url`` is the folder of its pictures."""
    return _rendered(module.material, picture_url) if module.material else ()


def mark_read(session: Session, *, enrolment_id: int, placement_id: int, section: int, now: datetime) -> None:
    """Remember that a section was read; twice is once."""
    if session.get(ReadSection, (enrolment_id, placement_id, section)) is None:
        row = ReadSection(enrolment_id=enrolment_id, placement_id=placement_id, section=section, read_at=now)
        session.add(row)


def read_sections(session: Session, *, enrolment_id: int, placement_id: int) -> set[int]:
    """Numbers of the sections that a participant has read."""
    return set(session.scalars(_READ, {"enrolment": enrolment_id, "placement": placement_id}))


def read_counts(session: Session, *, enrolment_id: int) -> dict[int, int]:
    """How many sections of each placement a participant has read."""
    return {row.placement_id: row[1] for row in session.execute(_READ_COUNTS, {"enrolment": enrolment_id})}


def place_of_placement(session: Session, placement_id: int) -> Place:
    """Where a module stands: material is for everybody who takes part in its programme."""
    return programmes.place_of_stage(session, get_placement(session, placement_id).stage_id)


@lru_cache(maxsize=64)
def _rendered(material: Material, picture_url: str) -> tuple[Section, ...]:
    return sections(material.markdown.read_text(encoding="utf-8"), lambda name: f"{picture_url}/{name}")


_PLACEMENTS = (
    select(ModulePlacement)
    .where(ModulePlacement.stage_id.in_(bindparam("stages", expanding=True)))
    .order_by(ModulePlacement.stage_id, ModulePlacement.position)
)
_READ = select(ReadSection.section).where(
    ReadSection.enrolment_id == bindparam("enrolment"), ReadSection.placement_id == bindparam("placement")
)
_READ_COUNTS = (
    select(ReadSection.placement_id, func.count())
    .where(ReadSection.enrolment_id == bindparam("enrolment"))
    .group_by(ReadSection.placement_id)
)
