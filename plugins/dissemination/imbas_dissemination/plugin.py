"""What the dissemination module declares."""

from importlib.resources import files

from imbas_dissemination.i18n import message
from lms.api import Plugin

HERE = files("imbas_dissemination")


def lms_plugin() -> Plugin:
    """The report that model schools hand in, and the rubric by which it is read."""
    return Plugin(
        name="dissemination",
        title=message("Pengimbasan"),
        version="0.1.0",
        api=">=2.0,<3",
        migrations=HERE / "migrations",
        content=HERE / "content",
    )
