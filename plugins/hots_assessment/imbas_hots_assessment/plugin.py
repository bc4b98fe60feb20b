"""What the HOTS module declares, and the hooks that the core asks."""

from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from imbas_hots_assessment import (
    analysis,
    analysis_views,
    panels,
    personal,
    story,
    views,
)
from imbas_hots_assessment.documents import CARD, CHANGED, bp
from imbas_hots_assessment.i18n import message
from imbas_hots_assessment.items import ITEM_TYPES
from imbas_hots_assessment.permissions import PERMISSIONS
from imbas_hots_assessment.settings import AnalysisLimits
from lms.api import Actor, EventType, ModuleType, Panel, Phase, Place, Plugin, Report, hookimpl

HERE = files("imbas_hots_assessment")
CONTENT = HERE / "content"
PAGES = (views, analysis_views)
"""Modules whose routes hang on the blueprint once they are imported."""


def lms_plugin() -> Plugin:
    """All that the module declares."""
    return Plugin(
        name="hots_assessment",
        title=message("Penilaian HOTS"),
        version="0.1.0",
        api=">=2.0,<3",
        settings=AnalysisLimits,
        migrations=HERE / "migrations",
        content=CONTENT,
        blueprint=bp,
        permissions=PERMISSIONS,
        module_types=(
            ModuleType(
                key="hots_assessment",
                title=message("Penilaian HOTS"),
                help=message("Tingkat berpikir, kisi-kisi, kartu soal, telaah, dan analisis butir."),
                phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
                content=CONTENT,
                minutes=40,
                home_endpoint="hots_assessment.home",
                home_title=message("Buka kartu soal"),
            ),
        ),
        item_types=ITEM_TYPES,
        event_types=(EventType(CHANGED, "An item card was written, submitted, reviewed or removed."),),
        document_types=(CARD,),
        reports=(
            Report(
                key="hots_assessment.item_analysis",
                title=message("Analisis butir kuis"),
                columns=analysis.REPORT_COLUMNS,
                permission="hots_assessment.analyse",
                rows=analysis.report_rows,
            ),
        ),
        audit_actions={"hots_assessment.review": message("Kartu soal ditelaah")},
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """Own cards and cards that wait on the teacher's home; item analyses in the control room."""
    if slot == "teacher_home":
        return panels.of_teacher(session, actor, place)
    return panels.of_programme(session, place) if slot == "control_room" else ()


lms_story = hookimpl(story.events)
lms_export_person = hookimpl(personal.export_person)
lms_forget_person = hookimpl(personal.forget_person)
