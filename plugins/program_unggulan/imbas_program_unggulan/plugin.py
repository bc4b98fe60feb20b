"""What the flagship programme module declares, and the hooks that the core asks."""

from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from imbas_program_unggulan import panels, personal, queries, rules, story
from imbas_program_unggulan.documents import PLAN
from imbas_program_unggulan.i18n import message
from imbas_program_unggulan.measuring import CHANGED
from imbas_program_unggulan.permissions import PERMISSIONS
from imbas_program_unggulan.views import bp
from lms.api import Actor, CompletionRule, EventType, ModuleType, Panel, Phase, Place, Plugin, Unit, hookimpl

HERE = files("imbas_program_unggulan")
CONTENT = HERE / "content"
TITLE = message("Program unggulan dan tri pusat pendidikan")


def lms_plugin() -> Plugin:
    """All that the module declares; its quiz uses item types of the HOTS module."""
    return Plugin(
        name="program_unggulan",
        title=TITLE,
        version="0.2.0",
        api=">=2.0,<3",
        requires=("hots_assessment",),
        migrations=HERE / "migrations",
        content=CONTENT,
        blueprint=bp,
        permissions=PERMISSIONS,
        module_types=(
            ModuleType(
                key="program_unggulan",
                title=TITLE,
                help=message("Satu program dari data, dengan peran sekolah, keluarga, dan masyarakat."),
                phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
                content=CONTENT,
                minutes=40,
                home_endpoint="program_unggulan.home",
                home_title=message("Buka program unggulan"),
            ),
        ),
        completion_rules=(
            CompletionRule(
                key="program_unggulan.plan_reviewed",
                title=message("Rencana program unggulan ditelaah dan diterima"),
                unit=Unit.SCHOOL,
                phase=Phase.ON_SERVICE,
                gather=queries.gather,
                evaluate=rules.plan_reviewed,
                defaults={"lines": 1, "measured": 0},
                parameters={
                    "lines": message("Sasaran yang lengkap"),
                    "measured": message("Sasaran yang sudah diukur"),
                },
                after=frozenset({CHANGED}),
            ),
        ),
        event_types=(EventType(CHANGED, "A school's flagship plan was written, reviewed or measured."),),
        document_types=(PLAN,),
        audit_actions={"program_unggulan.review": message("Rencana program unggulan ditelaah")},
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """Where the plan stands, on the school's board."""
    return panels.of_school(session, actor, place) if slot == "school_board" else ()


lms_certificate_lines = hookimpl(queries.certificate_lines)
lms_story = hookimpl(story.events)
lms_export_person = hookimpl(personal.export_person)
lms_forget_person = hookimpl(personal.forget_person)
