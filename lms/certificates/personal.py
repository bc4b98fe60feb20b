"""Personal data: a person's certificates, as they were printed. They stay when the person is forgotten."""

from typing import Any

from sqlalchemy.orm import Session

from lms.certificates.reading import certificates_of_person


def export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Numbers, states and everything printed."""
    return {
        "certificates": [
            {
                "number": row.number,
                "code": row.code,
                "state": row.state.value,
                "issued_at": row.issued_at.isoformat(),
                "ended_at": row.ended_at.isoformat() if row.ended_at else None,
                "end_reason": row.end_reason,
                "replaced_by": row.replaced_by,
                "printed": row.snapshot,
            }
            for row in certificates_of_person(session, person_id)
        ]
    }
