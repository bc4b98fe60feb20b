"""The hooks of the SPMI module: values only."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from imbas_spmi_documents import api, checklist_views, panels, personal, queries, rules, story
from imbas_spmi_documents.frameworks import standard_name
from imbas_spmi_documents.permissions import PERMISSIONS
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
    Report,
    Rubric,
    StorySchool,
    Text,
    Unit,
    WorkspacePage,
    hookimpl,
    load_deliverables,
    load_quiz,
    load_rubrics,
)

HERE = files("imbas_spmi_documents")
CONTENT = HERE / "content"


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card."""
    return PluginInfo(
        name="spmi_documents",
        title=Text("Dokumen SPMI dan rencana sekolah", "SPMI documents and school plans"),
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
            key="spmi_documents",
            title=Text("Dokumen SPMI dan RKS", "SPMI documents and the school plan"),
            help=Text(
                "Rapor mutu, pemetaan masalah, RKJM-RKT-RKAS, dan SOP.",
                "Quality report, mapping of problems, school plans and procedures.",
            ),
            phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
            material=Material(CONTENT / "material.md", CONTENT / "pictures", minutes=40),
            quiz=load_quiz(CONTENT / "quiz.yaml"),
            home_endpoint="spmi_documents.home",
            home_title=Text("Buka papan rencana", "Open the planning board"),
            more_pages=(
                WorkspacePage(
                    "spmi_documents.checklists",
                    Text("Buka daftar periksa", "Open the document checklist"),
                ),
            ),
        ),
    )


@hookimpl
def lms_deliverables() -> tuple[Deliverable, ...]:
    """The six school products of the module."""
    return load_deliverables(CONTENT / "deliverables.yaml")


@hookimpl
def lms_rubrics() -> tuple[Rubric, ...]:
    """The checklist of the whole cycle, and its part for each product."""
    return load_rubrics(CONTENT / "rubrics.yaml")


@hookimpl
def lms_completion_rules() -> tuple[CompletionRule, ...]:
    """A school has entered its report and planned for the problems it mapped."""
    return (
        CompletionRule(
            key="spmi_documents.mapping_complete",
            title=Text("Pemetaan mutu dan rencana lengkap", "Quality mapping and plan complete"),
            unit=Unit.SCHOOL,
            phase=Phase.ON_SERVICE,
            gather=queries.gather,
            evaluate=rules.mapping_complete,
            defaults={"standards": 8, "problems": 3},
            parameters={
                "standards": Text("Standar yang berskor", "Standards with a score"),
                "problems": Text("Masalah yang dipetakan", "Problems mapped"),
            },
            after=frozenset({api.CHANGED}),
        ),
    )


@hookimpl
def lms_permissions() -> tuple[Permission, ...]:
    """Reading, writing, downloading."""
    return PERMISSIONS


@hookimpl
def lms_event_types() -> tuple[EventType, ...]:
    """The one fact of this module."""
    return (EventType(api.CHANGED, "A school has changed its quality report, mapping or plan."),)


@hookimpl
def lms_blueprints() -> tuple[PluginBlueprint, ...]:
    """The pages."""
    return (PluginBlueprint(checklist_views.bp),)


@hookimpl
def lms_reports() -> tuple[Report, ...]:
    """The quality reports of schools as a table."""
    return (
        Report(
            key="spmi_documents.scores",
            title=Text("Rapor mutu per sekolah", "Quality reports by school"),
            columns=(
                Text("Nomor sekolah", "School number"),
                Text("Tahun rapor", "Year of the report"),
                *(standard_name(number) for number in rules.STANDARDS),
                Text("Rata-rata", "Mean"),
                Text("Kategori", "Category"),
            ),
            permission="spmi_documents.export",
            rows=queries.score_rows,
        ),
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """What a school still has to write, on its own board."""
    return panels.of_school(session, actor, place) if slot == "school_board" else ()


@hookimpl
def lms_certificate_lines(session: Session, award: Award) -> tuple[CertificateLine, ...]:
    """How many problems were mapped up to a plan, on a school's certificate."""
    return queries.certificate_lines(session, award)


@hookimpl
def lms_story(
    programme_id: int, schools: tuple[StorySchool, ...]
) -> Iterable[tuple[datetime, Callable[[Session, datetime], None]]]:
    """Reports, problems and plans of the invented schools."""
    return story.events(programme_id, schools)


@hookimpl
def lms_export_person(session: Session, person_id: int) -> dict[str, Any]:
    """Where the person was the last to write."""
    return personal.export_person(session, person_id=person_id)


@hookimpl
def lms_forget_person(session: Session, person_id: int) -> None:
    """Take the person's name off; the documents stay the school's."""
    personal.forget_person(session, person_id=person_id)
