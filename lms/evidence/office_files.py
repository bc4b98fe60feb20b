"""Word, Excel and PowerPoint files of which no part runs, hides another file or calls a stranger.

What a part is, its content type says and its first bytes, never its name alone; the main part is where the
relationships say, as every program looks for it (Word for the web calls it ``word/document2.xml``).

Taken: links, pictures and films linked on the web (Word writes them when one pastes from a page, and shows them
after a click), workbooks behind charts, links to other workbooks, templates of the writer's own disk. Refused: macros,
ActiveX, OLE objects and other embedded files, scripts and programs, chunks of other formats, templates, frames
and objects from elsewhere, whatever is fetched from a network share (it gives away the reader's Windows
password), fields that start programs, any DTD.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from struct import error as StructError  # noqa: N812
from typing import BinaryIO

from lms.contract.errors import Invalid
from lms.evidence import office_sentences as say
from lms.evidence.office_package import Bomb, Package, Relationship, open_package
from lms.evidence.office_xml import BadXml, check_prolog, each_element, field_codes

_MAX_TEXT = 64 * 1024 * 1024
"""Of a part in which fields are looked for."""
_MAX_WORKBOOK = 16 * 1024 * 1024
"""Behind a chart."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = {"docx": "wordprocessingml", "xlsx": "spreadsheetml", "pptx": "presentationml"}
_MAIN_TYPE = re.compile(
    r"openxmlformats-officedocument\.(\w+)\.(?:document|sheet|presentation|slideshow|template)\.main\+xml$"
)
_MACRO_TYPE = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet|dialogsheet|activex")
_FOREIGN_TYPE = re.compile(
    r"oleobject|msdownload|javascript|x-sh\b|\bhta\b|text/(?:html|rtf)|[/.]rtf$|message/rfc822"
)
_MACRO_RELATIONS = frozenset(
    {
        "vbaproject",
        "wordvbadata",
        "vbaprojectsignature",
        "xlmacrosheet",
        "xlintlmacrosheet",
        "dialogsheet",
        "attachedtoolbars",
        "control",
        "activexcontrol",
        "activexcontrolbinary",
        "extensibility",
    }
)
_FOREIGN_RELATIONS = frozenset({"oleobject", "afchunk"})
_OPENED_RELATIONS = frozenset({"attachedtemplate", "frame", "subdocument", "package", *_FOREIGN_RELATIONS})
"""What a program goes and gets as soon as it opens the file."""
_CLICKED_RELATIONS = frozenset({"hyperlink", "externallinkpath"})
_WITH_FIELDS = re.compile(
    r"wordprocessingml\.(?:document|template|header|footer|footnotes|endnotes|comments)"
)
_STARTS_PROGRAM = re.compile(r"(?<!\w)DDE(?:AUTO)?(?!\w)", re.IGNORECASE)
_SCRIPTS = (
    ".exe",
    ".dll",
    ".com",
    ".scr",
    ".msi",
    ".bat",
    ".cmd",
    ".ps1",
    ".js",
    ".jse",
    ".vbs",
    ".vbe",
    ".wsf",
    ".hta",
    ".jar",
    ".lnk",
    ".reg",
    ".chm",
    "vbaproject.bin",
)


def check_office(file: BinaryIO, kind: str, name: str) -> None:
    """Raise Invalid unless ``file`` is a whole and harmless package of ``kind`` (docx, xlsx, pptx)."""
    if file.read(8) == _OLE:
        raise _old_or_locked(file.read(), kind, name)
    try:
        _check_package(open_package(file), kind, name, is_inner=False)
    except Bomb:
        raise say.dangerous(name) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        KeyError,
        StructError,
        BadXml,
    ):
        raise say.not_whole(kind, name) from None


def _check_package(package: Package, kind: str, name: str, *, is_inner: bool) -> None:
    _check_main(package, kind, name)
    for relationship in package.relationships:
        _check_relationship(package, relationship, name)
    of_charts = {
        one.part
        for one in package.relationships
        if one.kind == "package" and not one.is_external and not is_inner
    }
    for part in package.parts:
        _check_part(package, part, name)
        if _begins(package, part).startswith(b"PK\x03\x04"):
            if part not in of_charts or package.parts[part].file_size > _MAX_WORKBOOK:
                raise say.embeds(name)
            with package.open(part) as content:
                inner = open_package(io.BytesIO(content.read()))
            _check_package(inner, "xlsx", name, is_inner=True)


def _check_main(package: Package, kind: str, name: str) -> None:
    mains = {one.part for one in package.relationships if one.kind == "officedocument" and not one.source}
    if len(mains) != 1:
        raise BadXml("no main part, or several")
    main = mains.pop()
    said = package.type_of(main)
    if _MACRO_TYPE.search(said):
        raise say.macros(name)
    found = _MAIN_TYPE.search(said)
    if main not in package.parts or not found or found[1] != _MAIN[kind]:
        raise BadXml("another kind of document")


def _check_relationship(package: Package, one: Relationship, name: str) -> None:
    if one.kind in _MACRO_RELATIONS:
        raise say.macros(name)
    if not one.is_external:
        if one.kind in _FOREIGN_RELATIONS or (
            one.kind == "package" and "chart" not in package.type_of(one.source)
        ):
            raise say.embeds(name)
        return
    target = one.target.strip().lower()
    if one.kind in _CLICKED_RELATIONS:
        if target.startswith(("javascript:", "vbscript:")):
            raise say.macros(name)
    elif is_far(target) and (one.kind in _OPENED_RELATIONS or not target.startswith(("http:", "https:"))):
        raise say.fetches(name)


def is_far(target: str) -> bool:
    """Whether an address leads off the reader's own disk: by a scheme, a host or a network share."""
    plain = target.strip().lower().replace("\\", "/")
    if plain.startswith("file:"):
        path = plain.removeprefix("file:")
        return len(path) - len(path.lstrip("/")) not in {0, 1, 3}
    return plain.startswith("//") or re.match(r"[a-z][a-z0-9+.-]+:", plain) is not None


def _check_part(package: Package, part: str, name: str) -> None:
    said, head = package.type_of(part), _begins(package, part)
    if _MACRO_TYPE.search(said) or part.endswith(_SCRIPTS) or head.startswith(b"MZ"):
        raise say.macros(name)
    if _FOREIGN_TYPE.search(said) or head == _OLE or head.startswith((b"{\\rt", b"%PDF-")):
        raise say.embeds(name)
    if not (said.endswith(("+xml", "/xml")) or part.endswith((".xml", ".rels"))):
        return
    with package.open(part) as content:
        check_prolog(content)
    if _WITH_FIELDS.search(said):
        with package.open(part) as content:
            if _STARTS_PROGRAM.search(field_codes(content, most=_MAX_TEXT)):
                raise say.macros(name)
    elif "externallink" in said:

        def tell(element: str, _attributes: Mapping[str, str]) -> None:
            if element in {"ddeLink", "oleLink"}:
                raise say.macros(name)

        with package.open(part) as content:
            each_element(content, tell, most=_MAX_TEXT)


def _begins(package: Package, part: str) -> bytes:
    with package.open(part) as content:
        return content.read(8)


def _old_or_locked(content: bytes, kind: str, name: str) -> Invalid:
    """An OLE compound file is a new one behind a password, or one of Office 97-2003: its directory says which."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        return say.locked(name)
    if has("WordDocument") or has("Workbook") or has("PowerPoint Document"):
        return say.old_format(kind, name)
    return say.not_whole(kind, name)
