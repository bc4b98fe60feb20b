"""The recap of a programme as a workbook: every participant, read and written line by line."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sqlalchemy import select

from lms.completion.api import CompletionState
from lms.contract.actors import Role
from lms.contract.text import text_of
from lms.people.api import Person, School, display_name, role_title
from lms.platform.transaction import streaming
from lms.programmes.api import Enrolment
from lms.web.i18n import gettext as _
from lms.web.i18n import locale, shown

PARTS = ("activity", "quizzes", "products", "final")
_IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A participant; ``scores`` in the order of ``PARTS``."""

    school: str
    name: str
    nip: str
    nuptk: str
    role: Role
    scores: tuple[str, ...]
    predicate: str
    met: bool
    lacking: str
    """What is still open, in the language ``lines`` was asked for."""


def lines(programme_id: int, language: str) -> Iterator[Line]:
    """Every participant by school, in one query without objects; ``language`` is that of reasons."""
    query = (
        select(
            School.name,
            Person.full_name,
            Person.title_front,
            Person.title_back,
            Person.nip,
            Person.nuptk,
            Enrolment.role,
            CompletionState.scores,
            CompletionState.met,
            CompletionState.reasons,
        )
        .select_from(CompletionState)
        .join(Enrolment, Enrolment.id == CompletionState.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(School, School.id == CompletionState.school_id)
        .where(CompletionState.programme_id == programme_id, CompletionState.stage_id.is_(None))
        .order_by(CompletionState.school_id, CompletionState.enrolment_id)
    )
    for school, full_name, front, back, nip, nuptk, role, scores, met, reasons in streaming(query):
        name, earned = display_name(full_name, front, back), tuple(scores.get(part, "0") for part in PARTS)
        yield Line(
            school,
            name,
            nip,
            nuptk,
            role,
            earned,
            scores.get("predicate", ""),
            met,
            "; ".join(text_of(reason["text"]).in_(language) for reason in reasons),
        )


def _head() -> tuple[str, ...]:
    return (
        _("Sekolah"),
        _("Nama"),
        "NIP",
        "NUPTK",
        _("Peran"),
        _("Keaktifan"),
        _("Kuis"),
        _("Produk"),
        _("Nilai akhir"),
        _("Kualifikasi"),
        _("Selesai"),
        _("Yang masih kurang"),
    )


def workbook(programme_id: int) -> IO[bytes]:
    """An open file at its beginning, in the viewer's language. Memory does not grow with the number of participants.

    Identity numbers are text: a spreadsheet would round 18 digits.
    """
    import xlsxwriter  # with the first export

    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # the response closes it
    book = xlsxwriter.Workbook(
        file, {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )
    sheet = book.add_worksheet(_("Rekap"))
    sheet.write_row(0, 0, _head(), book.add_format({"bold": True}))
    points = book.add_format({"num_format": "0.00"})
    for row, line in enumerate(lines(programme_id, locale()), start=1):
        texts = (line.school, line.name, line.nip, line.nuptk, shown(role_title(line.role)))
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text)
        for column, score in enumerate(line.scores, start=len(texts)):
            sheet.write_number(row, column, float(score), points)
        sheet.write_string(row, 9, line.predicate)
        sheet.write_string(row, 10, _("ya") if line.met else _("belum"))
        sheet.write_string(row, 11, line.lacking)
    book.close()
    file.seek(0)
    return file
