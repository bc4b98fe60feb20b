"""What the SPMI module declares, and the hooks that the core asks."""

from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from imbas_spmi_documents import api, checklist_views, panels, personal, queries, rules, story
from imbas_spmi_documents.frameworks import standard_name
from imbas_spmi_documents.permissions import PERMISSIONS
from lms.api import (
    Actor,
    CompletionRule,
    EventType,
    ModuleType,
    Panel,
    Phase,
    Place,
    Plugin,
    Report,
    Text,
    Unit,
    WorkspacePage,
    hookimpl,
)

HERE = files("imbas_spmi_documents")
CONTENT = HERE / "content"


def lms_plugin() -> Plugin:
    """All that the module declares; its quiz uses item types of the HOTS module."""
    return Plugin(
        name="spmi_documents",
        title=Text("Dokumen SPMI dan rencana sekolah", "SPMI documents and school plans"),
        version="0.2.0",
        api=">=2.0,<3",
        requires=("hots_assessment",),
        migrations=HERE / "migrations",
        translations=HERE / "translations",
        content=CONTENT,
        blueprint=checklist_views.bp,
        permissions=PERMISSIONS,
        module_types=(
            ModuleType(
                key="spmi_documents",
                title=Text("Dokumen SPMI dan RKS", "SPMI documents and the school plan"),
                help=Text(
                    "Rapor mutu, pemetaan masalah, RKJM-RKT-RKAS, dan SOP.",
                    "Quality report, mapping of problems, school plans and procedures.",
                ),
                phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
                content=CONTENT,
                minutes=40,
                home_endpoint="spmi_documents.home",
                home_title=Text("Buka papan rencana", "Open the planning board"),
                more_pages=(
                    WorkspacePage(
                        "spmi_documents.checklists",
                        Text("Buka daftar periksa", "Open the document checklist"),
                    ),
                ),
            ),
        ),
        completion_rules=(
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
        ),
        event_types=(EventType(api.CHANGED, "A school has changed its quality report, mapping or plan."),),
        reports=(
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
        ),
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """What a school still has to write, on its own board."""
    return panels.of_school(session, actor, place) if slot == "school_board" else ()


lms_certificate_lines = hookimpl(queries.certificate_lines)
lms_story = hookimpl(story.events)
lms_export_person = hookimpl(personal.export_person)
lms_forget_person = hookimpl(personal.forget_person)
