"""Version 1 of the plugin contract: what became of its names. A plugin that still uses them is told what to write.

``lms.api`` hands out ``OldValue`` for the classes that are gone, so that such a plugin can be imported and
everything that must change is listed at once.
"""

from collections.abc import Mapping
from typing import Any

FIELDS: Mapping[str, str] = {
    "lms_module_types": "module_types=(...)",
    "lms_item_types": "item_types=(...)",
    "lms_deliverables": "deliverables=(...)",
    "lms_rubrics": "rubrics=(...)",
    "lms_completion_rules": "completion_rules=(...)",
    "lms_permissions": "permissions=(...)",
    "lms_event_types": "event_types=(...)",
    "lms_event_handlers": "event_handlers=(...)",
    "lms_tasks": "tasks=(...)",
    "lms_reports": "reports=(...)",
    "lms_blueprints": "blueprint=bp, without PluginBlueprint",
    "lms_commands": "commands=group, without Command",
}
"""Declared hook of version 1 -> the field of ``Plugin`` that takes its values."""

GONE = frozenset({"PluginInfo", "PluginBlueprint", "Command"})
"""Classes of ``lms.api`` in version 1 that are gone."""

RENAMED: Mapping[str, str] = {"TypedForm": "Form"}
"""Name in ``lms.api`` in version 1 -> what it is called now."""


TEXT = (
    'Text(id, en) of version 1 is message("...") now, with the English in the plugin\'s catalogue, or '
    "Localized(id=..., en=...) for content; see UPGRADING.md"
)
"""What became of the pair of texts."""


class OldValue:
    """Whatever a plugin of version 1 makes of a class that is gone; ``given`` holds the named arguments."""

    def __init__(self, *_positional: Any, **given: Any) -> None:
        self.given = given
