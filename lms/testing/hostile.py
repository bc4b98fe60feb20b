"""Files that attack whoever reads them, and the largest honest ones. For tests and for ``bench``; made by code."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from PIL import Image

MEGABYTE = 1024 * 1024
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{}'
    '<Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="m" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="{}"/></Relationships>'
)
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY = f"<w:document {WORD}><w:body><w:p><w:r><w:t>Rencana</w:t></w:r></w:p></w:body></w:document>"


def docx(
    body: str | bytes = BODY,
    *,
    main: str = "word/document.xml",
    types: str = "",
    more: dict[str, str | bytes] | None = None,
) -> bytes:
    """A Word document whose main part is ``body``; ``types`` are more content types, ``more`` are more parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        parts = {
            "[Content_Types].xml": TYPES.format(types, main),
            "_rels/.rels": RELS.format(main),
            main: body,
        }
        for name, content in {**parts, **(more or {})}.items():
            archive.writestr(name, content)
    return out.getvalue()


def relationships(*found: str) -> str:
    """A ``.rels`` of the given elements."""
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(found)}</Relationships>'


def pdf(fill: Callable[[pikepdf.Pdf], object] = lambda _document: None, **options: Any) -> bytes:
    """A PDF of one page, changed by ``fill``; ``options`` are pikepdf's for saving."""
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page(page_size=(300, 200))
    fill(document)
    document.save(out, **options)
    return out.getvalue()


def raw_pdf(*objects: bytes, root: bytes = b"<</Type/Catalog/Pages 2 0 R>>") -> bytes:
    """A PDF written by hand: object 1 is ``root``, 2 and 3 the page, then ``objects`` from number 4 on."""
    body = bytearray(b"%PDF-1.7\n")
    places = []
    page = (b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    for number, item in enumerate((root, *page, *objects), 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(body) + end % (len(places) + 1, table, len(places) + 1, len(body))


def bulky_pdf(content: bytes) -> bytes:
    """A whole PDF, hand-written, of which ``content`` makes up the most."""
    return raw_pdf(b"<</Length %d>>stream\n%b\nendstream" % (len(content), content))


def object_streams(
    *bodies: bytes, press: Callable[[bytes], bytes] = zlib.compress, filters: bytes = b"/FlateDecode"
) -> bytes:
    """A PDF that keeps each of the ``bodies`` as the one object of an object stream, and names it in its root."""
    body = bytearray(b"%PDF-1.7\n")
    rows = [struct.pack(">BIH", 0, 0, 65535)]
    page = (b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    first = len(bodies) + 5
    streams = [press(b"%-5d 0 " % (first + number) + body) for number, body in enumerate(bodies)]
    names = b" ".join(b"%d 0 R" % (first + number) for number in range(len(streams)))
    root = b"<</Type/Catalog/Pages 2 0 R/Extra[%b]>>" % names
    stream = b"<</Type/ObjStm/N 1/First 8/Filter %b/Length %d>>stream\n%b\nendstream"
    items = [root, *page, *(stream % (filters, len(packed), packed) for packed in streams)]
    for number, item in enumerate(items, 1):
        rows.append(struct.pack(">BIH", 1, len(body), 0))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    start = len(body)
    rows.append(struct.pack(">BIH", 1, start, 0))
    rows += [struct.pack(">BIH", 2, 4 + number, 0) for number in range(len(streams))]
    table = b"".join(rows)
    head = b"%d 0 obj\n<</Type/XRef/W[1 4 2]/Size %d/Root 1 0 R/Length %d>>stream\n%b\nendstream\nendobj\n"
    body += head % (len(items) + 1, len(rows), len(table), table)
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % start


def box(name: bytes, body: bytes = b"") -> bytes:
    """A box of an MP4."""
    return struct.pack(">I4s", len(body) + 8, name) + body


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that does not press well."""
    return Image.effect_noise((width // 8, height // 8), 60).resize((width, height)).convert(mode)


def picture(kind: str, width: int, height: int, mode: str = "RGB", **options: Any) -> bytes:
    """A picture file of noise."""
    out = io.BytesIO()
    noise(width, height, mode).save(out, kind, **options)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that says it is as large as a village and is a few kilobytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(MEGABYTE)))
        + chunk(b"IEND", b"")
    )


def many_scans(width: int, height: int, times: int) -> bytes:
    """A progressive JPEG whose last pass comes again and again: each goes through the whole picture."""
    out = io.BytesIO()
    Image.new("L", (width, height), 120).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * times + b"\xff\xd9"


def _thrice(content: bytes) -> bytes:
    return zlib.compress(zlib.compress(zlib.compress(content, 9), 9), 9)


def _laughs() -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{lines}]><w:document {WORD}>&l9;</w:document>'


def _charts(count: int) -> bytes:
    """A document with workbooks behind charts, each a zip with a long list."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for number in range(4000):
            archive.writestr(f"{number}.xml", "<a/>")
    more: dict[str, str | bytes] = {}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
    for number in range(count):
        more[f"word/charts/c{number}.xml"] = "<c/>"
        more[f"word/charts/_rels/c{number}.xml.rels"] = relationships(
            f'<Relationship Id="p" Type="{kind}" Target="../embeddings/w{number}.xlsx"/>'
        )
        more[f"word/embeddings/w{number}.xlsx"] = inner.getvalue()
    chart = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    types = "".join(
        f'<Override PartName="/word/charts/c{n}.xml" ContentType="{chart}"/>' for n in range(count)
    )
    return docx(types=types, more=more)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "PDF, 105 kB of stream lines": ("a.pdf", lambda: b"%PDF-1.7\n" + b"stream\n" * 15_000 + b"%%EOF"),
    "PDF, 1 MB of stream lines": ("a.pdf", lambda: b"%PDF-1.7\n" + b"stream\n" * 150_000 + b"%%EOF"),
    "PDF, 20 MB of stream lines": ("a.pdf", lambda: b"%PDF-1.7\n" + b"stream\n" * 2_800_000 + b"%%EOF"),
    "PDF, 1 MB of beginnings of objects": (
        "a.pdf",
        lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 125_000 + b"%%EOF",
    ),
    "PDF, 1 MB of open dictionaries": ("a.pdf", lambda: raw_pdf(b"<</A" * 250_000)),
    "PDF, eighty object streams of 20 MB": (
        "a.pdf",
        lambda: object_streams(*[b" " * (20 * MEGABYTE) + b"<<>>"] * 80),
    ),
    "PDF, 400 MB deflated three times": (
        "a.pdf",
        lambda: object_streams(
            b" " * (400 * MEGABYTE) + b"<</S/JavaScript/JS(x)>>",
            press=_thrice,
            filters=b"[" + b"/FlateDecode" * 3 + b"]",
        ),
    ),
    "PDF, a million entries that are not there": (
        "a.pdf",
        lambda: raw_pdf().replace(
            b"0 4\n0000000000 65535 f \n", b"0 4\n" + b"0000000000 65535 f \n" * 900_000
        ),
    ),
    "docx, billion laughs": ("a.docx", lambda: docx(_laughs())),
    "docx, DTD behind a long comment": (
        "a.docx",
        lambda: docx(f"<!--{'x' * 3000}--><!DOCTYPE x [<!ENTITY a 'b'>]>{BODY}"),
    ),
    "docx, 150 MB of depth": (
        "a.docx",
        lambda: docx(b"<a>" * (50 * MEGABYTE), more={"x.bin": _random(MEGABYTE)}),
    ),
    "docx, 60 MB of fields": (
        "a.docx",
        lambda: docx(
            f"<w:document {WORD}>{'<w:instrText>PAGE</w:instrText>' * 2_000_000}</w:document>",
            more={"x.bin": _random(MEGABYTE)},
        ),
    ),
    "docx, 40,000 relationships": (
        "a.docx",
        lambda: docx(
            more={
                "word/_rels/document.xml.rels": relationships(
                    *(f'<Relationship Id="r{n}" Type="x/image" Target="m{n}"/>' for n in range(40_000))
                )
            }
        ),
    ),
    "docx, 60 workbooks of 4,000 parts": ("a.docx", lambda: _charts(60)),
    "docx, zip bomb": ("a.docx", lambda: docx(more={"word/huge.xml": bytes(190 * MEGABYTE)})),
    "PNG, 900 megapixels": ("a.png", lambda: png_bomb(30_000, 30_000)),
    "JPEG, 4,294 megapixels": ("a.jpg", lambda: _stretched_jpeg(65_500, 65_500)),
    "JPEG, progressive, 60 megapixels": (
        "a.jpg",
        lambda: picture("JPEG", 10_000, 6000, quality=40, progressive=True),
    ),
    "JPEG, progressive, 3,000 passes": ("a.jpg", lambda: many_scans(6000, 4000, 3000)),
    "mp4, boxes without end": (
        "a.mp4",
        lambda: box(b"ftyp", b"isom") + box(b"moov", box(b"free") * 2_400_000),
    ),
    "mp4, boxes in boxes": ("a.mp4", lambda: box(b"ftyp", b"isom") + _deep_boxes(50_000)),
}
"""What it is -> a name and the bytes; each has to be refused."""

LARGEST: dict[str, tuple[str, Callable[[], bytes]]] = {
    "JPEG, 60 megapixels": ("a.jpg", lambda: picture("JPEG", 10_000, 6000, quality=85)),
    "JPEG, progressive, 40 megapixels": (
        "a.jpg",
        lambda: picture("JPEG", 8000, 5000, progressive=True, subsampling=0),
    ),
    "PNG, 24 megapixels, transparent": (
        "a.png",
        lambda: picture("PNG", 6000, 4000, "RGBA", compress_level=1),
    ),
    "WebP, 13 megapixels": ("a.webp", lambda: picture("WEBP", 4160, 3120, quality=60, method=0)),
    "AVIF, 24 megapixels": ("a.avif", lambda: picture("AVIF", 6000, 4000, quality=50, speed=10)),
    "PDF, 20 MB of pictures": ("a.pdf", lambda: pdf(lambda document: _pictures(document, 19))),
    "PDF, 50,000 objects": ("a.pdf", lambda: pdf(lambda document: _objects(document, 50_000))),
    "docx, 19 MB of pictures": (
        "a.docx",
        lambda: docx(more={f"word/media/{n}.jpg": _random(MEGABYTE) for n in range(19)}),
    ),
    "docx, 19,000 relationships": (
        "a.docx",
        lambda: docx(
            more={
                "word/_rels/document.xml.rels": relationships(
                    *(f'<Relationship Id="r{n}" Type="x/image" Target="m{n}"/>' for n in range(19_000))
                )
            }
        ),
    ),
    "docx, a book": (
        "a.docx",
        lambda: docx(
            f"<w:document {WORD}>{'<w:p><w:r><w:t>Rencana</w:t></w:r></w:p>' * 250_000}</w:document>",
            more={"word/media/x.jpg": _random(MEGABYTE)},
        ),
    ),
    "mp4, 19 MB": (
        "a.mp4",
        lambda: (
            box(b"ftyp", b"isom")
            + box(b"mdat", _random(19 * MEGABYTE))
            + box(b"moov", box(b"udta", bytes(9000)))
        ),
    ),
    "csv, 19 MB": ("a.csv", lambda: "nama;nilai\n".encode("utf-16") * 800_000),
}
"""What it is -> a name and the bytes; each has to be taken."""


def _random(size: int) -> bytes:
    """Bytes that do not press: the same each time."""
    return b"".join(_words(size))[:size]


def _words(size: int) -> Iterator[bytes]:
    state = zlib.crc32(b"imbas")
    for _ in range(size // 4 + 1):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        yield struct.pack("<I", state)


def _stretched_jpeg(width: int, height: int) -> bytes:
    whole = picture("JPEG", 64, 64)
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def _deep_boxes(depth: int) -> bytes:
    whole = bytearray()
    for left in range(depth, 0, -1):
        whole += struct.pack(">I4s", left * 8, b"moov")
    return bytes(whole)


def _pictures(document: pikepdf.Pdf, count: int) -> None:
    content = _random(MEGABYTE)
    for number in range(count):
        document.pages[0].obj[f"/X{number}"] = document.make_stream(content + bytes([number]))


def _objects(document: pikepdf.Pdf, count: int) -> None:
    items = [document.make_indirect(pikepdf.Dictionary(Number=number)) for number in range(count)]
    document.pages[0].obj["/Items"] = pikepdf.Array(items)
