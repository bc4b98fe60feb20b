"""What the grant module declares."""

from importlib.resources import files

from imbas_grant.i18n import message
from lms.api import Plugin

HERE = files("imbas_grant")


def lms_plugin() -> Plugin:
    """The report that model schools hand in."""
    return Plugin(
        name="grant",
        title=message("Bantuan pemerintah"),
        version="0.1.0",
        api=">=2.0,<3",
        migrations=HERE / "migrations",
        content=HERE / "content",
    )
