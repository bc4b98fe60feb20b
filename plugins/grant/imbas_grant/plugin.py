"""What the grant module declares."""

from importlib.resources import files

from lms.api import Plugin, Text

HERE = files("imbas_grant")


def lms_plugin() -> Plugin:
    """The report that model schools hand in."""
    return Plugin(
        name="grant",
        title=Text("Bantuan pemerintah", "Government grant"),
        version="0.1.0",
        api=">=2.0,<3",
        migrations=HERE / "migrations",
        translations=HERE / "translations",
        content=HERE / "content",
    )
