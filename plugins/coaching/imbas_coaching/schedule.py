"""The schedule of a school's coaching on paper: PDF by this module's own template, and docx."""

import io
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from imbas_coaching.i18n import _, message
from imbas_coaching.section import Coaching, Round
from lms.api import NotFound, Workplace, format_date, locale, programme_section


def schedule_of(session: Session, at: Workplace) -> dict[str, Any]:
    """All that stands on the paper, in the reader's language; raises NotFound where no coaching is planned."""
    planned = programme_section(session, at.programme_id, Coaching)
    if planned is None or not planned.rounds:
        raise NotFound(message("Program ini belum merencanakan pendampingan."))
    return {
        "title": _("Jadwal pendampingan"),
        "school": at.school,
        "npsn": at.npsn,
        "programme": at.programme,
        "school_year": f"{_('Tahun pelajaran')} {at.school_year}",
        "columns": [_("Ke-"), _("Fokus"), _("Tahap"), _("Waktu")],
        "rows": [
            [str(entry.no), entry.focus, str(entry.stage or "-"), days_of(entry) or "-"]
            for entry in planned.rounds
        ],
        "language": locale(),
    }


def days_of(entry: Round) -> str:
    """The days of a round in words; "" where none are set."""
    known = (format_date(day) for day in (entry.starts_on, entry.ends_on) if day)
    return " – ".join(dict.fromkeys(known))


def to_docx(schedule: Mapping[str, Any]) -> bytes:
    """The same for a word processor."""
    import docx  # pages seldom need it

    paper = docx.Document()
    paper.core_properties.title = schedule["title"]
    paper.core_properties.language = schedule["language"]
    paper.add_paragraph(f"{schedule['school'].upper()}\nNPSN {schedule['npsn']}")
    paper.add_heading(schedule["title"], level=1)
    paper.add_paragraph(f"{schedule['programme']} · {schedule['school_year']}")
    grid = paper.add_table(rows=0, cols=len(schedule["columns"]), style="Table Grid")
    for row in (schedule["columns"], *schedule["rows"]):
        for cell, words in zip(grid.add_row().cells, row, strict=True):
            cell.text = words
    body = io.BytesIO()
    paper.save(body)
    return body.getvalue()
