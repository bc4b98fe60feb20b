"""The XML inside Office files, by expat in pieces: any encoding and prefix, no DTD, no entities, bounded in length."""

from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

_PIECE = 64 * 1024
_MAX_PROLOG = 256 * 1024
"""Bytes before the first element: a declaration and a comment or two."""
_MAX_ELEMENTS = 1_500_000
"""Of one part: a book of a thousand pages has half as many."""


class BadXml(Exception):
    """It is not well-formed, has a DTD, or is longer than any program writes."""


class _Begun(Exception):
    """The first element is here."""


def check_prolog(part: IO[bytes]) -> None:
    """Raise BadXml unless an element begins here without a DTD before it; the rest is not read.

    A DTD can stand only before the first element, so whoever parses the part later meets no entity of its own.
    """

    def begun(_name: str, _attributes: Mapping[str, str]) -> None:
        raise _Begun

    parser = _parser()
    parser.StartElementHandler = begun
    try:
        _feed(parser, part, _MAX_PROLOG)
    except _Begun:
        return


def each_element(part: IO[bytes], tell: Callable[[str, Mapping[str, str]], None], *, most: int) -> None:
    """Tell every element and its attributes, both without namespace; reads at most ``most`` bytes. Raises BadXml."""

    def start(name: str, attributes: Mapping[str, str]) -> None:
        tell(_local(name), {_local(key): value for key, value in attributes.items()})

    parser = _parser()
    parser.StartElementHandler = start
    _feed(parser, part, most)


def field_codes(part: IO[bytes], *, most: int) -> str:
    """The instructions of a Word document's fields, with a space between two of them; raises BadXml."""
    found: list[str] = []
    elements = 0
    parser = _parser()

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > _MAX_ELEMENTS:
            raise BadXml("too many elements")
        if name.endswith("}instrText"):
            parser.CharacterDataHandler = found.append
            parser.EndElementHandler = end
        elif name.endswith("}fldChar"):
            found.append(" ")
        elif name.endswith("}fldSimple"):
            found.extend([" ", *attributes.values(), " "])

    def end(_name: str) -> None:
        parser.CharacterDataHandler = parser.EndElementHandler = None

    parser.StartElementHandler = start
    _feed(parser, part, most)
    return "".join(found)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _feed(parser: expat.XMLParserType, part: IO[bytes], most: int) -> None:
    try:
        while piece := part.read(min(_PIECE, most)):
            most -= len(piece)
            parser.Parse(piece, False)
            if most <= 0 and part.read(1):
                raise BadXml("too long")
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadXml(str(error)) from None


def _refuse_doctype(*_declaration: object) -> None:
    raise BadXml("a DTD")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
