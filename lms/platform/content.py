"""Reads a module's content files (quiz, rubrics, deliverables) into contract values.

Every fault of a file is named with its place: ``quiz.yaml: items › 3 › stem: field required``.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from importlib.resources.abc import Traversable
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, PlainValidator, TypeAdapter, ValidationError

from lms.contract.item_shapes import shape_faults
from lms.contract.items import Bloom, ItemSpec, QuizSpec
from lms.contract.modules import Deliverable, Material, ModuleType, Unit
from lms.contract.plugin import Plugin
from lms.contract.rubrics import Criterion, Rubric, ScaleKind, rubric_faults
from lms.contract.text import Localized

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C reader is ten times as fast, and every process reads all content when it starts."""


class ContentFault(Exception):
    """A content file is wrong; ``faults`` has one sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _by_language(value: object) -> Localized:
    """A text by language as it stands in a file; raises ValueError."""
    if isinstance(value, Localized):
        return value
    if not isinstance(value, dict) or not all(
        isinstance(text, str) and text.strip() for text in value.values()
    ):
        raise ValueError("a text by language is needed, {id: ..., en: ...}, none of them empty")
    unknown = sorted(str(code) for code in value if not _LANGUAGE.fullmatch(str(code)))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no code of a language; write id, en, jv ...")
    return Localized(value)


_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][A-Za-z]+)?")
ByLanguage = Annotated[Localized, PlainValidator(_by_language)]
"""A text by language, ``{id: ..., en: ...}``: Indonesian at least, and any other language."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class ItemEntry(BaseModel):
    """An item of ``quiz.yaml``; further fields belong to its kind."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)
    key: str
    """Unique in the quiz, and for ever that of this question."""
    type: str
    """Kind of question: one of the core's, or a plugin's."""
    bloom: Bloom
    """Cognitive level."""
    competence: ByLanguage
    """What it belongs to; results are shown by competence."""
    minutes: int
    """Time that it takes."""
    indicator: str
    """Sentence of the blueprint, in Indonesian."""
    stem: str
    """The question."""
    secret: dict[str, Any]
    """Key, points and explanation; never shown before the release."""
    stimulus: str | None = None
    """Name of the stimulus shown above it."""
    level_reason: ByLanguage | None = None
    """Why it has its level; C4-C6 must say so."""


class QuizFile(_Part):
    """``quiz.yaml``."""

    key: str
    """Name of the quiz, beginning with the plugin's."""
    title: ByLanguage
    """What people read."""
    minutes: int
    """Working time of an attempt."""
    attempts: int
    """How often it may be taken."""
    stimuli: dict[str, list[dict[str, Any]]] = {}
    """Name of a stimulus, and its blocks."""
    items: list[ItemEntry]
    """The questions, in their order."""


class CriterionEntry(_Part):
    """A line of a rubric in ``rubrics.yaml``."""

    code: str
    """Unique in the rubric."""
    text: str
    """What is looked for."""
    group: str = ""
    """Heading of its section."""
    weight: Decimal = Decimal(1)
    """Its part in the score."""
    parts: list[str] = []
    """Descriptors, texts of the levels from 0 up, or sub-items: as the scale says."""
    critical: bool = False
    """Whether the whole is not passed without it."""
    may_not_apply: bool = False
    """Whether an assessor may leave it out of the score; for uncritical lines of yes or no only."""


class RubricEntry(_Part):
    """A rubric of ``rubrics.yaml``."""

    key: str
    """Name of the rubric, beginning with the plugin's."""
    version: str
    """Its edition; older ones stay in the file."""
    title: ByLanguage
    """What people read."""
    scale: ScaleKind
    """How its lines are scored."""
    pass_mark: Decimal = Decimal(70)
    """Percent that pass, 0 to 100."""
    criteria: list[CriterionEntry]
    """Its lines."""
    source: str = ""
    """Where the criteria come from."""


class DeliverableEntry(_Part):
    """A deliverable of ``deliverables.yaml``."""

    key: str
    """Name of the deliverable, beginning with the plugin's."""
    title: ByLanguage
    """What people read."""
    unit: Unit
    """Who owes it."""
    rubric: str
    """Key of the rubric that grades it."""
    media_types: list[str]
    """Kinds of file: pdf, photo, docx, xlsx, pptx, csv, mp4."""
    guide: ByLanguage
    """What to hand in, in a few lines."""
    models_only: bool = False
    """Whether model schools alone owe it."""
    max_files: int = 5
    """How many files at most."""
    max_bytes: int = 20 * 1024 * 1024
    """Size of a file at most."""


def load_quiz(file: Traversable) -> QuizSpec:
    """The quiz in ``file``; raises ContentFault."""
    quiz = _read(file, TypeAdapter(QuizFile))
    unknown = [
        f"{file.name}: items › {item.key}: no stimulus {item.stimulus!r}"
        for item in quiz.items
        if item.stimulus and item.stimulus not in quiz.stimuli
    ]
    if unknown:
        raise ContentFault(tuple(unknown))
    items = tuple(_item(item, quiz.stimuli) for item in quiz.items)
    faults = [
        f"{file.name}: items › {item.key}: {fault}"
        for item in items
        for fault in shape_faults(item.body, item.secret)
    ]
    if faults:
        raise ContentFault(tuple(faults))
    return QuizSpec(
        key=quiz.key,
        title=quiz.title,
        minutes=quiz.minutes,
        attempts=quiz.attempts,
        items=items,
    )


def load_rubrics(file: Traversable) -> tuple[Rubric, ...]:
    """The rubrics in ``file``; raises ContentFault."""
    rubrics = tuple(
        Rubric(
            key=rubric.key,
            version=rubric.version,
            title=rubric.title,
            scale=rubric.scale,
            criteria=tuple(
                Criterion(
                    line.code,
                    line.text,
                    line.group,
                    line.weight,
                    tuple(line.parts),
                    line.critical,
                    line.may_not_apply,
                )
                for line in rubric.criteria
            ),
            pass_mark=rubric.pass_mark,
            source=rubric.source,
        )
        for rubric in _read(file, TypeAdapter(list[RubricEntry]))
    )
    faults = [f"{file.name}: {rubric.key}: {fault}" for rubric in rubrics for fault in rubric_faults(rubric)]
    if faults:
        raise ContentFault(tuple(faults))
    return rubrics


def load_deliverables(file: Traversable) -> tuple[Deliverable, ...]:
    """The deliverables in ``file``; raises ContentFault."""
    return tuple(
        Deliverable(
            key=entry.key,
            title=entry.title,
            unit=entry.unit,
            rubric=entry.rubric,
            media_types=frozenset(entry.media_types),
            guide=entry.guide,
            max_bytes=entry.max_bytes,
            max_files=entry.max_files,
            models_only=entry.models_only,
        )
        for entry in _read(file, TypeAdapter(list[DeliverableEntry]))
    )


_Value = TypeVar("_Value")


class _Reader:
    """Reads files and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def read(self, load: Callable[[Traversable], _Value], file: Traversable) -> _Value | None:
        """What ``load`` makes of the file, or None when it has faults."""
        try:
            return load(file)
        except ContentFault as error:
            self.faults += error.faults
            return None


def with_content(plugin: Plugin) -> tuple[Plugin, tuple[str, ...]]:
    """The plugin with what its content folders hold, and every fault of the files in them."""
    reader = _Reader()
    rubrics, deliverables = plugin.rubrics, plugin.deliverables
    for file in _files(plugin.content):
        if file.name.startswith("rubrics") and file.name.endswith(".yaml"):
            rubrics += reader.read(load_rubrics, file) or ()
        elif file.name == "deliverables.yaml":
            deliverables += reader.read(load_deliverables, file) or ()
    modules = tuple(_module_with_content(module, reader) for module in plugin.module_types)
    read = replace(plugin, rubrics=rubrics, deliverables=deliverables, module_types=modules)
    return read, tuple(reader.faults)


def _module_with_content(module: ModuleType, reader: _Reader) -> ModuleType:
    if module.content is None:
        return module
    there = {file.name: file for file in _files(module.content)}
    if not there.keys() & {"material.md", "quiz.yaml"}:
        reader.faults.append(
            f"module type {module.key!r}: content={str(module.content)!r} has neither material.md nor quiz.yaml"
        )
    if "material.md" in there:
        material = Material(there["material.md"], module.content / "pictures", module.minutes)
        module = replace(module, material=material)
    if "quiz.yaml" in there:
        module = replace(module, quiz=reader.read(load_quiz, there["quiz.yaml"]))
    return module


def _files(folder: Traversable | None) -> list[Traversable]:
    """What lies in a folder, by name; nothing when it is not there."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(folder.iterdir(), key=lambda file: file.name)


def _maximum(scoring: Any) -> Decimal:
    """The points of an item; what is no number is told with the item's other faults."""
    try:
        return Decimal(str(scoring.get("max", "1"))) if scoring else Decimal(1)
    except (AttributeError, InvalidOperation):
        return Decimal(1)


def _item(item: ItemEntry, stimuli: dict[str, list[dict[str, Any]]]) -> ItemSpec:
    body = {"stem": item.stem, **(item.model_extra or {})}
    body["stimulus"] = stimuli[item.stimulus] if item.stimulus else []
    return ItemSpec(
        key=item.key,
        type=item.type,
        bloom=item.bloom,
        competence=item.competence,
        minutes=item.minutes,
        indicator=item.indicator,
        maximum=_maximum(item.secret.get("scoring")),
        body=body,
        secret=item.secret,
        level_reason=item.level_reason,
    )


def _read(file: Traversable, shape: TypeAdapter[Any]) -> Any:
    try:
        return shape.validate_python(yaml.load(file.read_text(encoding="utf-8"), _Loader))  # noqa: S506
    except ValidationError as error:
        raise ContentFault(
            tuple(
                f"{file.name}: {' › '.join(str(step) for step in fault['loc'])}: {fault['msg']}"
                for fault in error.errors()
            )
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ContentFault((f"{file.name}: {error}",)) from None
