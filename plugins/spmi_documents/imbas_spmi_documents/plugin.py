"""What the SPMI module declares, and the hooks that the core asks."""

from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from imbas_spmi_documents import api, checklist_views, panels, personal, queries, rules, story
from imbas_spmi_documents.frameworks import standard_name
from imbas_spmi_documents.i18n import message
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
        title=message("Dokumen SPMI dan rencana sekolah"),
        version="0.2.0",
        api=">=2.0,<3",
        requires=("hots_assessment",),
        migrations=HERE / "migrations",
        content=CONTENT,
        blueprint=checklist_views.bp,
        permissions=PERMISSIONS,
        module_types=(
            ModuleType(
                key="spmi_documents",
                title=message("Dokumen SPMI dan RKS"),
                help=message("Rapor mutu, pemetaan masalah, RKJM-RKT-RKAS, dan SOP."),
                phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
                content=CONTENT,
                minutes=40,
                home_endpoint="spmi_documents.home",
                home_title=message("Buka papan rencana"),
                more_pages=(
                    WorkspacePage(
                        "spmi_documents.checklists",
                        message("Buka daftar periksa"),
                    ),
                ),
            ),
        ),
        completion_rules=(
            CompletionRule(
                key="spmi_documents.mapping_complete",
                title=message("Pemetaan mutu dan rencana lengkap"),
                unit=Unit.SCHOOL,
                phase=Phase.ON_SERVICE,
                gather=queries.gather,
                evaluate=rules.mapping_complete,
                defaults={"standards": 8, "problems": 3},
                parameters={
                    "standards": message("Standar yang berskor"),
                    "problems": message("Masalah yang dipetakan"),
                },
                after=frozenset({api.CHANGED}),
            ),
        ),
        event_types=(EventType(api.CHANGED, "A school has changed its quality report, mapping or plan."),),
        reports=(
            Report(
                key="spmi_documents.scores",
                title=message("Rapor mutu per sekolah"),
                columns=(
                    message("Nomor sekolah"),
                    message("Tahun rapor"),
                    *(standard_name(number) for number in rules.STANDARDS),
                    message("Rata-rata"),
                    message("Kategori"),
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
