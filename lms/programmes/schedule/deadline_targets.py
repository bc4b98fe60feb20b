"""What in a stage has a deadline: the on-service products, each quiz, each deliverable."""

from dataclasses import dataclass
from datetime import datetime

from lms.contract.modules import Unit
from lms.contract.text import Text, message, verbatim
from lms.platform.plugins import registry
from lms.programmes.definition.document import Stage
from lms.programmes.schedule.deadlines import ON_SERVICE

_ALL_PRODUCTS = message("Semua tugas On Service tahap ini")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing with a deadline; ``due_at`` is what the definition says."""

    key: str
    kind: str
    """``stage``, ``quiz`` or ``deliverable``."""
    title: Text
    due_at: datetime
    mandatory: bool = True
    unit: Unit | None = None


def targets_of(spec: Stage) -> tuple[Target, ...]:
    """The targets of a stage, the whole stage first; things of absent plugins show their key."""
    known = registry()
    found = [Target(ON_SERVICE, "stage", _ALL_PRODUCTS, spec.on_service_due_at)]
    for line in spec.materials:
        if line.quiz is not None:
            module = known.module_types.get(line.module)
            quiz = module.quiz if module else None
            key, title = (quiz.key, quiz.title) if quiz else (line.module, verbatim(line.title))
            found.append(Target(key, "quiz", title, line.quiz.due_at))
    for entry in spec.deliverables:
        deliverable = known.deliverables.get(entry.key)
        title = deliverable.title if deliverable else verbatim(entry.key)
        unit = deliverable.unit if deliverable else None
        found.append(Target(entry.key, "deliverable", title, entry.due_at, entry.mandatory, unit))
    return tuple(found)
