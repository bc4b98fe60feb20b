"""The hooks of the HOTS module: values only."""

from importlib.resources import files

from imbas_hots_assessment.items import ITEM_TYPES
from lms.api import (
    Deliverable,
    ItemType,
    Material,
    ModuleType,
    Phase,
    PluginInfo,
    Rubric,
    Text,
    hookimpl,
    load_deliverables,
    load_quiz,
    load_rubrics,
)

HERE = files("imbas_hots_assessment")
CONTENT = HERE / "content"


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card."""
    return PluginInfo(
        name="hots_assessment",
        title=Text("Penilaian HOTS", "Higher-order assessment"),
        version="0.1.0",
        api=">=1.0,<2",
    )


@hookimpl
def lms_module_types() -> tuple[ModuleType, ...]:
    """The module with its text and quiz."""
    return (
        ModuleType(
            key="hots_assessment",
            title=Text("Penilaian HOTS", "Higher-order assessment"),
            help=Text(
                "Tingkat berpikir, kisi-kisi, kartu soal, telaah, dan analisis butir.",
                "Levels of thinking, blueprint, item cards, review and item analysis.",
            ),
            phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
            material=Material(CONTENT / "material.md", CONTENT / "pictures", minutes=40),
            quiz=load_quiz(CONTENT / "quiz.yaml"),
        ),
    )


@hookimpl
def lms_item_types() -> tuple[ItemType, ...]:
    """True-false table, category table, matching."""
    return ITEM_TYPES


@hookimpl
def lms_deliverables() -> tuple[Deliverable, ...]:
    """The four products of a teacher."""
    return load_deliverables(CONTENT / "deliverables.yaml")


@hookimpl
def lms_rubrics() -> tuple[Rubric, ...]:
    """The checklists of the item review, and a rubric for each product."""
    return load_rubrics(CONTENT / "rubrics.yaml")
