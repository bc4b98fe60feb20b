"""Directives of the plugin reference. They read the code while the site is built, so nothing has to be written twice.

Each directive's content is a list of names: a code forge shows the list, the site shows what stands behind each name.
"""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, get_args, get_origin

import signatures
from docutils import nodes
from pydantic import BaseModel
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective
from sqlalchemy.types import TypeDecorator

import lms.api
import lms.app
from lms.contract import hookspecs
from lms.platform import content
from lms.platform.db import Base

COMPONENTS = Path(lms.api.__file__).parent / "web" / "templates" / "web" / "components.html"
FORMATS: Mapping[str, type[BaseModel]] = {
    "quiz.yaml": content.QuizFile,
    "rubrics.yaml": content.RubricEntry,
    "deliverables.yaml": content.DeliverableEntry,
}
ALIASES = (lms.api.Answer, lms.api.Body)
"""Types that are another name for a type; ``Key`` is equal to ``Body``."""
WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    Decimal: "number",
    bool: "true or false",
    datetime: "time, UTC",
    Any: "any value",
    content.ByLanguage: "``{id: ..., en: ...}``",
}
"""How a type of Python is called by people who do not program."""


class Reference(SphinxDirective):
    """Replaces each name of its content by what ``lines`` makes of it."""

    has_content = True

    def lines(self, name: str) -> Iterator[str]:
        """reStructuredText about ``name``; raises LookupError or AttributeError for one that does not exist."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """What stands in the place of the directive."""
        try:
            found = [line for name in " ".join(self.content).split() for line in (*self.lines(name), "")]
        except (LookupError, AttributeError) as fault:
            raise self.error(f"{self.name}: {fault}") from fault
        return self.parse_text_to_nodes("\n".join(["````{eval-rst}", *found, "````"]))


class Api(Reference):
    """Names of ``lms.api``; with dots, names from elsewhere: what functions return, and ``lms.testing``."""

    def lines(self, name: str) -> Iterator[str]:
        """A class with its fields, a function, or a value with the text below its definition."""
        module, _dot, attribute = (name if "." in name else f"lms.api.{name}").rpartition(".")
        value = getattr(import_module(module), attribute)
        if value in ALIASES:
            yield from _described("type", module, attribute, _text_below(name))
        elif inspect.isclass(value):
            yield f".. {'autoexception' if issubclass(value, Exception) else 'autoclass'}:: {module}.{attribute}"
            yield from _indented(_options(value))
        elif inspect.isroutine(value):
            yield from _described("function", module, attribute + signatures.of_function(value), _doc(value))
        else:
            yield from _described("data", module, attribute, _text_below(name))


class Hooks(Reference):
    """Names of hooks."""

    def lines(self, name: str) -> Iterator[str]:
        """A hook's arguments, and when it is asked for what."""
        hook = getattr(hookspecs, name)
        return _described("function", "lms.api", name + signatures.of_function(hook), _doc(hook))


class Components(Reference):
    """Names of template components."""

    def lines(self, name: str) -> Iterator[str]:
        """A macro's arguments, and its line in the head of the file."""
        template = COMPONENTS.read_text(encoding="utf-8")
        texts = dict(re.findall(r"^(\w+) {2,}(\S.*)$", template.partition("#}")[0], re.MULTILINE))
        yield from (f".. describe:: {signatures.of_macros(template)[name]}", "", f"   {texts[name]}")


class Tables(Reference):
    """Tables of the core, as ``name:column,column``."""

    def lines(self, name: str) -> Iterator[str]:
        """What a table is for, and its published columns with their types."""
        key, _colon, columns = name.partition(":")
        table = Base.metadata.tables[key]
        model = next(found.class_ for found in Base.registry.mappers if found.local_table is table)
        yield from (f".. describe:: {key}", "", *_indented(_doc(model)), "")
        for column in (table.c[column] for column in columns.split(",")):
            target = "".join(f", ``{key.target_fullname}``" for key in column.foreign_keys)
            yield f"   * ``{column.name}``: {_words(column.type.python_type)}{target}{', or none' if column.nullable else ''}"


class Format(Reference):
    """Names of content files."""

    def lines(self, name: str) -> Iterator[str]:
        """Every field of the file: its type, what it is when it is left out, what it means."""
        yield from (".. list-table::", "   :header-rows: 1", "")
        for row in (("field", "type", "left out", "meaning"), *_fields(FORMATS[name])):
            yield from (f"   {'* -' if number == 0 else '  -'} {cell}" for number, cell in enumerate(row))


def _described(kind: str, module: str, signature: str, text: Iterable[str]) -> Iterator[str]:
    yield from (f".. py:{kind}:: {signature}", f"   :module: {module}", "", *_indented(text))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"   {line}" for line in lines)


def _doc(value: object) -> list[str]:
    return (inspect.getdoc(value) or "").splitlines()


def _options(value: type) -> Iterator[str]:
    """What autodoc shows of a class: its methods and the fields that have a text; the signature has the others."""
    if issubclass(value, Exception):
        yield ":show-inheritance:"
    if value is Base or issubclass(value, TypeDecorator):
        return
    if issubclass(value, Base | Enum):
        yield from (":members:", ":undoc-members:")
        return
    texts = ModuleAnalyzer.for_module(value.__module__).find_attr_docs()
    shown = [field for owner, field in texts if owner == value.__name__]
    shown += [
        key
        for key, member in vars(value).items()
        if not key.startswith("_") and isinstance(member, FunctionType | property | classmethod)
    ]
    if shown:
        yield f":members: {', '.join(shown)}"


def _text_below(name: str) -> list[str]:
    """The text below the definition of a value that ``lms.api`` passes on."""
    interface = ast.parse(Path(lms.api.__file__).read_text(encoding="utf-8"))
    module, attribute = next(
        (str(line.module), alias.name)
        for line in interface.body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
        if (alias.asname or alias.name) == name
    )
    return ModuleAnalyzer.for_module(module).find_attr_docs()["", attribute]


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    for name, field in model.model_fields.items():
        default = "needed" if field.is_required() else _written(field.default)
        yield f"``{prefix}{name}``", _words(field.annotation), default, field.description or ""
        for inner in get_args(field.annotation):
            if inspect.isclass(inner) and issubclass(inner, BaseModel) and inner not in WORDS:
                yield from _fields(inner, f"{prefix}{name}[].")


def _words(kind: Any) -> str:
    if kind in WORDS:
        return WORDS[kind]
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return " or ".join(f"``{member.value}``" for member in kind)
    if get_origin(kind) is list:
        return f"list of {_words(get_args(kind)[0])}"
    if get_origin(kind) is dict or inspect.isclass(kind):
        return "mapping"
    return " or ".join(_words(part) for part in get_args(kind) if part is not type(None))


def _written(value: object) -> str:
    return {"": "empty", "None": "none", "[]": "none", "{}": "none", "False": "false"}.get(
        str(value), str(value)
    )


def _signature(_app: Sphinx, _what: str, _name: str, value: Any, *_more: object) -> tuple[str, None] | None:
    """A set of words is not called; a dataclass is called as it is written."""
    if inspect.isclass(value) and issubclass(value, Enum):
        return ("", None)
    return (signatures.of_dataclass(value), None) if inspect.isclass(value) and is_dataclass(value) else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    for directive in (Api, Hooks, Components, Tables, Format):
        app.add_directive(directive.__name__.lower(), directive)
    app.connect("autodoc-process-signature", _signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
