"""What the lesson planning module declares, and the hooks that the core asks."""

from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from imbas_lesson_planning import panels, queries, rules, story
from imbas_lesson_planning.documents import CHANGED, PLAN, bp
from imbas_lesson_planning.permissions import PERMISSIONS
from lms.api import (
    Actor,
    CompletionRule,
    EventType,
    ModuleType,
    Panel,
    Phase,
    Place,
    Plugin,
    Text,
    Unit,
    hookimpl,
)

HERE = files("imbas_lesson_planning")
CONTENT = HERE / "content"


def lms_plugin() -> Plugin:
    """All that the module declares; its quiz uses item types of the HOTS module."""
    return Plugin(
        name="lesson_planning",
        title=Text("Rencana pembelajaran", "Lesson planning"),
        version="0.1.0",
        api=">=2.0,<3",
        requires=("hots_assessment",),
        migrations=HERE / "migrations",
        translations=HERE / "translations",
        content=CONTENT,
        blueprint=bp,
        permissions=PERMISSIONS,
        module_types=(
            ModuleType(
                key="lesson_planning",
                title=Text("RPP terintegrasi karakter, literasi, 4C, dan HOTS", "Integrated lesson planning"),
                help=Text(
                    "Menulis, menelaah, dan mengajarkan rencana pembelajaran.",
                    "Writing, reviewing and teaching a lesson plan.",
                ),
                phases=frozenset({Phase.IN_SERVICE, Phase.ON_SERVICE}),
                content=CONTENT,
                minutes=35,
                home_endpoint="lesson_planning.home",
                home_title=Text("Buka rencana pembelajaran", "Open the lesson plans"),
            ),
        ),
        completion_rules=(
            CompletionRule(
                key="lesson_planning.plan_reviewed",
                title=Text("Rencana pembelajaran ditelaah dan diterima", "Lesson plan reviewed and accepted"),
                unit=Unit.TEACHER,
                phase=Phase.ON_SERVICE,
                gather=queries.gather,
                evaluate=rules.plan_reviewed,
                defaults={"plans": 1},
                parameters={"plans": Text("RPP yang diterima", "Lesson plans accepted")},
                after=frozenset({CHANGED}),
            ),
        ),
        event_types=(EventType(CHANGED, "A lesson plan was written, submitted, reviewed or removed."),),
        document_types=(PLAN,),
        audit_actions={
            "lesson_planning.review": Text("Rencana pembelajaran ditelaah", "Lesson plan reviewed")
        },
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """A teacher's plans on the home page; plans that wait for a review on the school's board."""
    if slot == "teacher_home":
        return panels.of_teacher(session, actor, place)
    return panels.of_school(session, actor, place) if slot == "school_board" else ()


lms_story = hookimpl(story.events)
