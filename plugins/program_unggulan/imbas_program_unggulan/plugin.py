"""The hooks of the flagship programme module: values only."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from imbas_program_unggulan import api, follow_up_views, panels, personal, queries, rules, story
from imbas_program_unggulan.permissions import PERMISSIONS
from lms.api import (
    Actor,
    Award,
    CertificateLine,
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

HERE = files("imbas_program_unggulan")
CONTENT = HERE / "content"


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card; the quiz uses item types of the HOTS module."""
    return PluginInfo(
        name="program_unggulan",
        title=Text("Program unggulan dan tri pusat pendidikan", "Flagship programme and three centres"),
        version="0.2.0",
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
            key="program_unggulan",
            title=Text("Program unggulan dan tri pusat pendidikan", "Flagship programme and three centres"),
            help=Text(
                "Satu program dari data, dengan peran sekolah, keluarga, dan masyarakat.",
                "One programme from data, with roles of school, family and community.",
            ),
            phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
            material=Material(CONTENT / "material.md", CONTENT / "pictures", minutes=40),
            quiz=load_quiz(CONTENT / "quiz.yaml"),
            home_endpoint="program_unggulan.home",
            home_title=Text("Buka program unggulan", "Open the flagship programme"),
        ),
    )


@hookimpl
def lms_deliverables() -> tuple[Deliverable, ...]:
    """Plan, evidence of the three centres, report."""
    return load_deliverables(CONTENT / "deliverables.yaml")


@hookimpl
def lms_rubrics() -> tuple[Rubric, ...]:
    """The review of the plan, of the evidence and of the report."""
    return load_rubrics(CONTENT / "rubrics.yaml")


@hookimpl
def lms_completion_rules() -> tuple[CompletionRule, ...]:
    """A school's plan was accepted, with enough goals and measurements."""
    return (
        CompletionRule(
            key="program_unggulan.plan_reviewed",
            title=Text(
                "Rencana program unggulan ditelaah dan diterima", "Flagship plan reviewed and accepted"
            ),
            unit=Unit.SCHOOL,
            phase=Phase.ON_SERVICE,
            gather=queries.gather,
            evaluate=rules.plan_reviewed,
            defaults={"lines": 1, "measured": 0},
            parameters={
                "lines": Text("Sasaran yang lengkap", "Complete goals"),
                "measured": Text("Sasaran yang sudah diukur", "Goals measured"),
            },
            after=frozenset({api.CHANGED}),
        ),
    )


@hookimpl
def lms_permissions() -> tuple[Permission, ...]:
    """Reading, writing, handing in, reviewing."""
    return PERMISSIONS


@hookimpl
def lms_event_types() -> tuple[EventType, ...]:
    """The one fact of this module."""
    return (EventType(api.CHANGED, "A school's flagship plan was written, reviewed or measured."),)


@hookimpl
def lms_blueprints() -> tuple[PluginBlueprint, ...]:
    """The pages."""
    return (PluginBlueprint(follow_up_views.bp),)


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """Where the plan stands, on the school's board."""
    return panels.of_school(session, actor, place) if slot == "school_board" else ()


@hookimpl
def lms_certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    """The accepted programme's name on a school's certificate."""
    return queries.certificate_lines(session, award)


@hookimpl
def lms_story(
    programme_id: int, schools: tuple[StorySchool, ...]
) -> Iterable[tuple[datetime, Callable[[Session, datetime], None]]]:
    """Plans, reviews and measurements of the invented schools."""
    return story.events(programme_id, schools)


@hookimpl
def lms_export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Where the person wrote, measured and reviewed."""
    return personal.export_person(session, person_id=person_id)


@hookimpl
def lms_forget_person(session: Session, person_id: int) -> None:
    """Take the person's name off; the plan stays the school's."""
    personal.forget_person(session, person_id=person_id)
