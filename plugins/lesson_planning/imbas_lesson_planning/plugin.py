"""What the lesson planning module declares, and the hooks that the core asks."""

from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from imbas_lesson_planning import panels, queries, rules, story
from imbas_lesson_planning.documents import CHANGED, PLAN, bp
from imbas_lesson_planning.i18n import message, message_in
from imbas_lesson_planning.permissions import PERMISSIONS
from lms.api import Actor, CompletionRule, EventType, ModuleType, Panel, Phase, Place, Plugin, Unit, hookimpl

HERE = files("imbas_lesson_planning")
CONTENT = HERE / "content"


def lms_plugin() -> Plugin:
    """All that the module declares; its quiz uses item types of the HOTS module."""
    return Plugin(
        name="lesson_planning",
        title=message_in("the module", "Rencana pembelajaran"),
        version="0.1.0",
        api=">=2.0,<3",
        requires=("hots_assessment",),
        migrations=HERE / "migrations",
        content=CONTENT,
        blueprint=bp,
        permissions=PERMISSIONS,
        module_types=(
            ModuleType(
                key="lesson_planning",
                title=message("RPP terintegrasi karakter, literasi, 4C, dan HOTS"),
                help=message("Menulis, menelaah, dan mengajarkan rencana pembelajaran."),
                phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
                content=CONTENT,
                minutes=35,
                home_endpoint="lesson_planning.home",
                home_title=message("Buka rencana pembelajaran"),
            ),
        ),
        completion_rules=(
            CompletionRule(
                key="lesson_planning.plan_reviewed",
                title=message("Rencana pembelajaran ditelaah dan diterima"),
                unit=Unit.TEACHER,
                phase=Phase.ON_SERVICE,
                gather=queries.gather,
                evaluate=rules.plan_reviewed,
                defaults={"plans": 1},
                parameters={"plans": message("RPP yang diterima")},
                after=frozenset({CHANGED}),
            ),
        ),
        event_types=(EventType(CHANGED, "A lesson plan was written, submitted, reviewed or removed."),),
        document_types=(PLAN,),
        audit_actions={"lesson_planning.review": message("Rencana pembelajaran ditelaah")},
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """A teacher's plans on the home page; plans that wait for a review on the school's board."""
    if slot == "teacher_home":
        return panels.of_teacher(session, actor, place)
    return panels.of_school(session, actor, place) if slot == "school_board" else ()


lms_story = hookimpl(story.events)
