"""Rubrics and deliverables that the core brings for any programme."""

from importlib.resources import files

from lms.contract.modules import Deliverable
from lms.contract.rubrics import Rubric
from lms.platform.content import load_deliverables, load_rubrics


def core_rubrics() -> tuple[Rubric, ...]:
    """Rubrics that the core brings for deliverables of any programme."""
    return load_rubrics(files("lms.modules") / "defaults" / "rubrics.yaml")


def core_deliverables() -> tuple[Deliverable, ...]:
    """Deliverables that belong to no module."""
    return load_deliverables(files("lms.modules") / "defaults" / "deliverables.yaml")
