"""What a material module brings: content, deliverables, completion rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from lms.contract.items import QuizSpec
from lms.contract.text import Text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Phase(StrEnum):
    """The two halves of a stage."""

    IN_SERVICE = "in_service"
    ON_SERVICE = "on_service"


class Unit(StrEnum):
    """Who owes a deliverable."""

    SCHOOL = "school"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class Material:
    """A module's text: a Markdown file, the folder of its pictures, and how many minutes it takes to read."""

    markdown: Traversable
    pictures: Traversable
    minutes: int


@dataclass(frozen=True, slots=True)
class WorkspacePage:
    """A further page of a module's workspace; ``endpoint`` is given ``placement_id``."""

    endpoint: str
    title: Text
    """What the button to it says, as "Buka kartu soal"."""


@dataclass(frozen=True, slots=True)
class ModuleType:
    """A material module that a programme may place in a stage.

    ``key`` is the plugin's name, or starts with it. ``help`` is one sentence for the programme editor. ``phases`` are those
    in which the module has something to do; ``material`` and ``quiz`` are None where it brings none.
    """

    key: str
    title: Text
    help: Text
    phases: frozenset[Phase]
    content: Traversable | None = None
    """A folder of which ``material.md`` with its ``pictures``, and ``quiz.yaml``, are read at start into the
    fields ``material`` and ``quiz``."""
    minutes: int = 0
    """How long the material in ``content`` takes to read."""
    material: Material | None = None
    quiz: QuizSpec | None = None
    home_endpoint: str | None = None
    """Endpoint of the module's own workspace page, given ``placement_id``; None when it has none."""
    home_title: Text | None = None
    """What the button to that page says, as "Buka kartu soal"; None: the module's title."""
    more_pages: tuple[WorkspacePage, ...] = ()
    """Other pages of the workspace that the material links to, after the home."""


@dataclass(frozen=True, slots=True)
class Deliverable:
    """An on-service product (tagihan).

    ``media_types`` are names of ``lms.contract.files``; ``rubric`` is a rubric key. ``guide``
    says in a few lines what to hand in. ``models_only``: only model schools owe it.
    """

    key: str
    title: Text
    unit: Unit
    rubric: str
    media_types: frozenset[str]
    guide: Text
    max_bytes: int = 20 * 1024 * 1024
    max_files: int = 5
    models_only: bool = False


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a completion rule found. Raises ValueError for a ``fraction`` outside 0..1.

    ``fraction`` is the share that is met. ``reason`` names what is missing and is shown as it is; ``who`` says
    whose turn it is (a Role value, or "" when met).
    """

    met: bool
    fraction: Decimal
    reason: Text
    who: str = ""

    def __post_init__(self) -> None:
        if not Decimal(0) <= self.fraction <= Decimal(1):
            raise ValueError(f"fraction {self.fraction} is not within 0..1")


@dataclass(frozen=True, slots=True)
class RuleSubject:
    """For whom and where a rule is asked; ids are those of published core tables."""

    programme_id: int
    stage_id: int
    school_id: int
    enrolment_id: int | None
    """None when the subject is the school itself."""
    person_id: int | None = None
    """Who is enrolled; None as ``enrolment_id``."""


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """A rule that a programme may demand in a phase of a stage.

    ``gather(session, subjects)`` only reads, for many subjects in one query, and returns facts per subject (JSON values) in
    the order of ``subjects``. ``evaluate(facts, params)`` is pure; ``params`` are ``defaults`` with what the programme
    says. ``unit`` decides whether subjects are schools or participants.
    """

    key: str
    title: Text
    unit: Unit
    phase: Phase
    gather: "Callable[[Session, tuple[RuleSubject, ...]], tuple[Mapping[str, Any], ...]]"
    evaluate: Callable[[Mapping[str, Any], Mapping[str, Any]], RuleResult]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Text] = field(default_factory=dict)
    """What people call each parameter; a programme's changes are shown with these words."""
    after: frozenset[str] = frozenset()
    """Event types after which a school is evaluated again; their payload names ``programme_id`` and
    ``school_id``. What the core itself knows (attendance, quizzes, evidence) needs no mention."""
