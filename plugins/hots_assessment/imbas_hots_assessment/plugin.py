"""The hooks of the HOTS module: values only."""

from imbas_hots_assessment.items import ITEM_TYPES
from lms.api import ItemType, PluginInfo, Text, hookimpl


@hookimpl
def lms_plugin() -> PluginInfo:
    """The card."""
    return PluginInfo(
        name="hots_assessment",
        title=Text("Penilaian HOTS", "Higher-order assessment"),
        version="0.1.0",
        api=">=1.0,<2",
    )


@hookimpl
def lms_item_types() -> tuple[ItemType, ...]:
    """True-false table, category table, matching."""
    return ITEM_TYPES
