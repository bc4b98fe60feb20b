"""The hooks of the HOTS module: values only."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from imbas_hots_assessment import (
    analysis,
    analysis_views,
    api,
    panels,
    personal,
    picture_views,
    review_views,
    story,
    views,
)
from imbas_hots_assessment.blueprint import bp
from imbas_hots_assessment.items import ITEM_TYPES
from imbas_hots_assessment.permissions import PERMISSIONS
from lms.api import (
    Actor,
    Deliverable,
    EventType,
    ItemType,
    Material,
    ModuleType,
    Panel,
    Permission,
    Phase,
    Place,
    PluginBlueprint,
    PluginInfo,
    Report,
    Rubric,
    StorySchool,
    Text,
    hookimpl,
    load_deliverables,
    load_quiz,
    load_rubrics,
)

HERE = files("imbas_hots_assessment")
CONTENT = HERE / "content"
PAGES = (views, picture_views, review_views, analysis_views)
"""Modules whose routes hang on the blueprint once they are imported."""


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card."""
    return PluginInfo(
        name="hots_assessment",
        title=Text("Penilaian HOTS", "Higher-order assessment"),
        version="0.1.0",
        api=">=1.0,<2",
        migrations=HERE / "migrations",
        translations=HERE / "translations",
    )


@hookimpl
def lms_module_types() -> tuple[ModuleType, ...]:
    """The module with its text, quiz and workspace."""
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
            home_endpoint="hots_assessment.home",
            home_title=Text("Buka kartu soal", "Open the item cards"),
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
    """The checklists of the item review and a rubric for each product, with the versions that were used before."""
    return (*load_rubrics(CONTENT / "rubrics.yaml"), *load_rubrics(CONTENT / "rubrics_1_0.yaml"))


@hookimpl
def lms_permissions() -> tuple[Permission, ...]:
    """Reading, writing, reviewing, analysing."""
    return PERMISSIONS


@hookimpl
def lms_event_types() -> tuple[EventType, ...]:
    """The one fact of this module."""
    return (EventType(api.REVIEWED, "Somebody has reviewed an item card."),)


@hookimpl
def lms_blueprints() -> tuple[PluginBlueprint, ...]:
    """The pages."""
    return (PluginBlueprint(bp),)


@hookimpl
def lms_reports() -> tuple[Report, ...]:
    """The item analysis of a programme's quizzes as a table, as it was computed last."""
    return (
        Report(
            key="hots_assessment.item_analysis",
            title=Text("Analisis butir kuis", "Item analysis of quizzes"),
            columns=(
                Text("Kuis", "Quiz"),
                Text("Nomor soal", "Item number"),
                Text("Level berpikir", "Level of thinking"),
                Text("Bentuk soal", "Format"),
                Text("Pengerjaan", "Attempts"),
                Text("Tingkat kesukaran (p)", "Difficulty (p)"),
                Text("Daya beda (D)", "Discrimination (D)"),
                Text("Korelasi butir-total terkoreksi", "Corrected item-total correlation"),
                Text("Kategori kesukaran", "Category of difficulty"),
                Text("Kategori daya beda", "Category of discrimination"),
                Text("Pengecoh tidak berfungsi", "Distractors not working"),
            ),
            permission="hots_assessment.analyse",
            rows=analysis.report_rows,
        ),
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """Own cards and cards that wait on the teacher's home; item analyses in the control room."""
    if slot == "teacher_home":
        return panels.of_teacher(session, actor, place)
    return panels.of_programme(session, place) if slot == "control_room" else ()


@hookimpl
def lms_story(
    programme_id: int, schools: tuple[StorySchool, ...]
) -> Iterable[tuple[datetime, Callable[[Session, datetime], None]]]:
    """Item analyses, cards and reviews of the invented schools."""
    return story.events(programme_id, schools)


@hookimpl
def lms_export_person(session: Session, person_id: int) -> dict[str, Any]:
    """The person's cards and reviews."""
    return personal.export_person(session, person_id=person_id)


@hookimpl
def lms_forget_person(session: Session, person_id: int) -> None:
    """Remove the cards, take the name off reviews."""
    personal.forget_person(session, person_id=person_id)
