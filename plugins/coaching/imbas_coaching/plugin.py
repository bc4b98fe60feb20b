"""What the coaching module declares, and the hooks that the core asks."""

from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from imbas_coaching import panels
from imbas_coaching.i18n import message
from imbas_coaching.permissions import PERMISSIONS
from imbas_coaching.section import SECTION
from imbas_coaching.views import bp
from lms.api import Actor, Panel, Place, Plugin, hookimpl

HERE = files("imbas_coaching")


def lms_plugin() -> Plugin:
    """A section of the programme's definition, and the schedule on paper; it has no tables yet."""
    return Plugin(
        name="coaching",
        title=message("Pendampingan"),
        version="0.1.0",
        api=">=2.0,<3",
        migrations=HERE / "migrations",
        blueprint=bp,
        permissions=PERMISSIONS,
        sections=(SECTION,),
    )


@hookimpl
def lms_panels(session: Session, actor: Actor, slot: str, place: Place) -> Iterable[Panel]:
    """The rounds, for whoever may see the page."""
    del actor
    return panels.of_programme(session, place) if slot in ("programme", "school_board") else ()
