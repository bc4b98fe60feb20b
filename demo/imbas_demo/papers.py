"""Invented evidence: small real files, each made by the program that a school would use."""

import io
import zipfile
from datetime import datetime

import typst
from openpyxl import Workbook
from PIL import Image, ImageDraw

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def paper(
    kinds: frozenset[str], *, title: str, school: str, when: datetime, version: int
) -> tuple[str, bytes]:
    """A file name and its content, of the first kind that the deliverable takes."""
    stem = f"{title} {school} v{version}".replace("/", "-")
    line = f"{school}, {when:%d-%m-%Y}, versi {version}. Contoh untuk peragaan."
    if "xlsx" in kinds and "docx" not in kinds and "photo" not in kinds:
        return f"{stem}.xlsx", sheet(title, line)
    if "pdf" in kinds:
        return f"{stem}.pdf", document(title, line)
    if "docx" in kinds:
        return f"{stem}.docx", letter(title, line)
    return f"{stem}.jpg", photo(title, line)


def document(title: str, line: str) -> bytes:
    """A PDF of one page."""
    source = f'#set page(paper: "a4")\n#set text(lang: "id")\n= #({_text(title)})\n#({_text(line)})\n'
    return bytes(typst.compile(source.encode(), format="pdf"))


def photo(title: str, line: str) -> bytes:
    """A JPEG with the words on it."""
    picture = Image.new("RGB", (960, 720), (206, 219, 214))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 420, 900, 660), fill=(122, 148, 136))
    draw.text((80, 80), title, fill=(20, 40, 38), font_size=36)
    draw.text((80, 150), line, fill=(20, 40, 38), font_size=22)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def sheet(title: str, line: str) -> bytes:
    """A workbook with one sheet."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.append([title])
    page.append([line])
    for number in range(1, 9):
        page.append([number, "Contoh baris", number * 250_000])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def letter(title: str, line: str) -> bytes:
    """The smallest Word document."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in (title, line))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORDS}"><w:body>{body}</w:body></w:document>',
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, head + text)
    return kept.getvalue()


def _text(words: str) -> str:
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
