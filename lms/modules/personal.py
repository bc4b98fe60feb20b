"""Personal data: what a person has marked as read."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.modules.models import ModulePlacement, ReadSection
from lms.programmes import api as programmes


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Sections of the material, with the moment."""
    rows = session.execute(
        select(ModulePlacement.title, ReadSection.section, ReadSection.read_at, ReadSection.completes)
        .join(ModulePlacement, ModulePlacement.id == ReadSection.placement_id)
        .join(programmes.Enrolment, programmes.Enrolment.id == ReadSection.enrolment_id)
        .where(programmes.Enrolment.person_id == person_id)
        .order_by(ReadSection.read_at, ModulePlacement.id, ReadSection.section)
    )
    return {
        "read": [
            {
                "material": row.title,
                "section": row.section,
                "read_at": row.read_at.isoformat(),
                "completes": row.completes,
            }
            for row in rows
        ]
    }
