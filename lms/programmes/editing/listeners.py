"""Domains above that take part when a definition comes into force, and that know what it does to people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.platform.application import platform
from lms.programmes.definition.document import Definition
from lms.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Effect:
    """A completion that is given or taken. ``enrolment_id`` is None for the school's own."""

    school_id: int
    enrolment_id: int | None
    stage_id: int | None
    """None is the whole programme."""
    phase: str
    """"" is the whole stage."""
    gained: bool


def _applies_nothing(_s: Session, _programme: Programme, _definition: Definition, _now: datetime) -> None:
    """A domain without rows that follow from a definition."""


def _drops_nothing(_s: Session, _programme: Programme, _definition: Definition) -> None:
    """A domain without rows that a definition can leave out."""


def _measures_nothing(_s: Session, _programme: Programme, _now: datetime) -> Iterable[Effect]:
    """A domain that gives and takes no completion."""
    return ()


@dataclass(frozen=True, slots=True)
class ProgrammeListener:
    """What one domain does about a definition, in the transaction that brings it into force.

    ``apply`` makes and moves rows, called from the lowest domain up; ``drop`` removes what the definition
    leaves out, from the highest down, and raises Conflict when participants' work would be lost; ``measure``
    compares what people hold with what they hold by the definition just applied.
    """

    apply: Callable[[Session, Programme, Definition, datetime], None] = _applies_nothing
    drop: Callable[[Session, Programme, Definition], None] = _drops_nothing
    measure: Callable[[Session, Programme, datetime], Iterable[Effect]] = _measures_nothing


def listeners() -> tuple[ProgrammeListener, ...]:
    """Those of this application, from the lowest domain up."""
    return tuple(platform().core.programme_listeners)
