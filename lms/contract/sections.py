"""A part of a programme's definition that a plugin owns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from lms.contract.text import Text
from lms.contract.typed_fields import TypedFields


@dataclass(frozen=True, slots=True)
class StageOutline:
    """A stage as a section looks at it."""

    no: int
    title: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class ProgrammeOutline:
    """What a section may compare its values with: zone and stages, in order, of the same definition."""

    timezone: ZoneInfo
    stages: tuple[StageOutline, ...]


@dataclass(frozen=True, slots=True)
class SectionFault:
    """What is wrong, as a sentence, and where: names of fields and positions (from 0) inside the section."""

    path: tuple[int | str, ...]
    sentence: Text


@dataclass(frozen=True, slots=True)
class ProgrammeSection:
    """A section of the programme's definition, under ``sections: <key>:`` of its YAML.

    Its values are checked by ``model`` together with the whole definition, its lists for entries with the same ``known_by``, then
    by ``check(values, outline)``, which is pure and returns SectionFaults. A model or check that fails refuses the definition. The editor has a field for each value of the model and of the entries of its lists; lists of changes use the words of their
    ``FieldLabel``. What a programme says is read by ``programme_section``. While the plugin is off, the section stays as it is.
    """

    key: str
    title: Text
    model: type[TypedFields]
    check: Callable[[Any, ProgrammeOutline], Iterable[SectionFault]] | None = None
    only_shown: bool = False
    """No rule of completion looks at it: a change of it alone asks nobody's completion again."""
