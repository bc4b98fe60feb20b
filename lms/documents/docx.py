"""A printed document as docx, through python-docx."""

import io
from collections.abc import Sequence
from typing import Any

from lms.contract.documents import DocumentTable
from lms.documents.printed import Line, PrintedDocument
from lms.platform.storage import storage


def to_docx(printed: PrintedDocument) -> bytes:
    """The document for a word processor, A4: the same words in the same order as on the printed page."""
    import docx  # pages seldom need it
    from docx.shared import Cm, Pt

    paper = docx.Document()
    paper.core_properties.title = printed.title
    paper.core_properties.language = printed.language
    paper.core_properties.author = printed.school
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.2)
    paper.styles["Normal"].font.size = Pt(11)
    head = paper.add_paragraph()
    head.add_run(printed.school.upper()).bold = True
    head.add_run(f"\nNPSN {printed.npsn}")
    paper.add_heading(printed.title, level=1)
    paper.add_paragraph(f"{printed.kind} · {printed.school_year}")
    for number, part in enumerate(printed.parts, start=1):
        paper.add_heading(f"{number}. {part.title}", level=2)
        for place, row in enumerate(part.rows, start=1):
            if part.row_title:
                paper.add_heading(f"{part.row_title} {place}", level=3)
            for line in row:
                _line(paper, line)
        if not part.rows:
            paper.add_paragraph("-")
    for table in printed.tables:
        _table(paper, table)
    _signatures(paper, printed)
    body = io.BytesIO()
    paper.save(body)
    return body.getvalue()


def _line(paper: Any, line: Line) -> None:
    from docx.shared import Cm

    paragraph = paper.add_paragraph()
    if line.label:
        paragraph.add_run(f"{line.label}: ").bold = True
    if line.table:
        _grid(paper, line.table[0], line.table[1:])
        return
    if line.picture:
        with storage().open(line.picture) as file:
            paper.add_picture(file, width=Cm(12))
    paragraph.add_run(line.text or "-")


def _table(paper: Any, table: DocumentTable) -> None:
    paper.add_heading(table.title, level=2)
    _grid(paper, table.columns, table.rows)


def _grid(paper: Any, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    grid = paper.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cell, word in zip(grid.rows[0].cells, columns, strict=True):
        cell.paragraphs[0].add_run(word).bold = True
    for row in rows:
        for cell, word in zip(grid.add_row().cells, row, strict=True):
            cell.text = word


def _signatures(paper: Any, printed: PrintedDocument) -> None:
    paper.add_paragraph()
    left, right = paper.add_table(rows=1, cols=2).rows[0].cells
    line = "_" * 28
    left.text = f"{printed.acknowledged}\n{printed.head}\n\n\n\n{printed.head_name or line}\nNIP {printed.head_nip or line}"
    right.text = (
        f"{line}\n{printed.position}\n\n\n\n{printed.writer_name or line}\nNIP {printed.writer_nip or line}"
    )
