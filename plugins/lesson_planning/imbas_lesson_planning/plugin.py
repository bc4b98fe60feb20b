"""The hooks of the lesson planning module: values only."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from imbas_lesson_planning import api, panels, personal, queries, rules, story
from imbas_lesson_planning.permissions import PERMISSIONS
from imbas_lesson_planning.review_views import bp
from lms.api import (
    Actor,
    CompletionRule,
    Deliverable,
    EventType,
    Material,
    ModuleType,
    Panel,
    Permission,
    Phase,
    Place,
    PluginBlueprint,
    PluginInfo,
    Rubric,
    StorySchool,
    Text,
    Unit,
    hookimpl,
    load_deliverables,
    load_quiz,
    load_rubrics,
)

HERE = files("imbas_lesson_planning")
CONTENT = HERE / "content"


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card; the quiz uses item types of the HOTS module."""
    return PluginInfo(
        name="lesson_planning",
        title=Text("Rencana pembelajaran", "Lesson planning"),
        version="0.1.0",
        api=">=1.0,<2",
        requires=("hots_assessment",),
        migrations=HERE / "migrations",
        translations=HERE / "translations",
    )


@hookimpl
def lms_module_types() -> tuple[ModuleType, ...]:
    """The module with its text, quiz and workspace."""
    return (
        ModuleType(
            key="lesson_planning",
            title=Text("RPP terintegrasi karakter, literasi, 4C, dan HOTS", "Integrated lesson planning"),
            help=Text(
                "Menulis, menelaah, dan mengajarkan rencana pembelajaran.",
                "Writing, reviewing and teaching a lesson plan.",
            ),
            phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
            material=Material(CONTENT / "material.md", CONTENT / "pictures", minutes=35),
            quiz=load_quiz(CONTENT / "quiz.yaml"),
            home_endpoint="lesson_planning.home",
            home_title=Text("Buka rencana pembelajaran", "Open the lesson plans"),
        ),
    )


@hookimpl
def lms_deliverables() -> tuple[Deliverable, ...]:
    """Plan, teaching practice, reflection."""
    return load_deliverables(CONTENT / "deliverables.yaml")


@hookimpl
def lms_rubrics() -> tuple[Rubric, ...]:
    """One review for each kind of plan, and one each for practice and reflection."""
    return load_rubrics(CONTENT / "rubrics.yaml")


@hookimpl
def lms_completion_rules() -> tuple[CompletionRule, ...]:
    """A teacher's plan was reviewed and accepted."""
    return (
        CompletionRule(
            key="lesson_planning.plan_reviewed",
            title=Text("Rencana pembelajaran ditelaah dan diterima", "Lesson plan reviewed and accepted"),
            unit=Unit.TEACHER,
            phase=Phase.ON_SERVICE,
            gather=queries.gather,
            evaluate=rules.plan_reviewed,
            defaults={"plans": 1},
            parameters={"plans": Text("RPP yang diterima", "Lesson plans accepted")},
            after=frozenset({api.CHANGED}),
        ),
    )


@hookimpl
def lms_permissions() -> tuple[Permission, ...]:
    """Writing, reading, reviewing."""
    return PERMISSIONS


@hookimpl
def lms_event_types() -> tuple[EventType, ...]:
    """The one fact of this module."""
    return (EventType(api.CHANGED, "A lesson plan was written, handed in, reviewed or removed."),)


@hookimpl
def lms_blueprints() -> tuple[PluginBlueprint, ...]:
    """The pages."""
    return (PluginBlueprint(bp),)


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """A teacher's plans on the home page; plans that wait for a review on the school's board."""
    if slot == "teacher_home":
        return panels.of_teacher(session, actor, place)
    return panels.of_school(session, actor, place) if slot == "school_board" else ()


@hookimpl
def lms_story(
    programme_id: int, schools: tuple[StorySchool, ...]
) -> Iterable[tuple[datetime, Callable[[Session, datetime], None]]]:
    """Plans and reviews of the invented teachers."""
    return story.events(programme_id, schools)


@hookimpl
def lms_export_person(session: Session, person_id: int) -> dict[str, Any]:
    """The person's plans, and the reviews that the person gave."""
    return personal.export_person(session, person_id=person_id)


@hookimpl
def lms_forget_person(session: Session, person_id: int) -> None:
    """Remove the person's plans and take the name off reviews."""
    personal.forget_person(session, person_id=person_id)
