"""Reading and changing what an agency has chosen for a plugin."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict, Invalid
from lms.contract.text import Sentence, Text, message
from lms.contract.typed_errors import sentence_of
from lms.contract.typed_fields import TypedFields
from lms.people.plugin_settings.models import PluginSetting
from lms.platform.audit import record
from lms.platform.plugins import registry
from lms.platform.versions import compare_and_set

Settings = TypeVar("Settings", bound=TypedFields)
CHANGE = "people.change_plugin_settings"


def plugin_settings(session: Session, agency_id: int, model: type[Settings]) -> Settings:
    """What the agency has chosen for the plugin whose settings are ``model``; its defaults where it has chosen nothing.

    A stored value that the model does not take any more counts as not chosen.
    """
    name = next(plugin.name for plugin in registry().plugins.values() if plugin.settings is model)
    row = session.get(PluginSetting, (agency_id, name))
    return usable(model, row.values if row else {})


def usable(model: type[Settings], values: Mapping[str, Any]) -> Settings:
    """``values`` without those that the model does not take."""
    kept = {name: value for name, value in values.items() if name in model.model_fields}
    try:
        return model.model_validate(kept)
    except ValidationError as error:
        faulty = {entry["loc"][0] for entry in error.errors() if entry["loc"]}
    if not faulty:  # they do not go together
        return model()
    return usable(model, {name: value for name, value in kept.items() if name not in faulty})


def change_settings(
    session: Session,
    *,
    agency_id: int,
    plugin: str,
    values: Mapping[str, Any],
    version: int,
    actor_id: int,
    now: datetime,
) -> None:
    """Store ``values`` for the agency, as the next version; ``version`` 0 means that nothing was chosen before.

    Raises Invalid with a sentence for each field, Conflict when somebody else has changed them meanwhile.
    """
    model = registry().plugins[plugin].settings
    assert model is not None
    chosen = _validated(model, values)
    conflict = Conflict(
        message(
            "Pengaturan ini sudah diubah orang lain. Isian Bapak/Ibu masih ada. Bandingkan, lalu simpan lagi."
        )
    )
    row = session.get(PluginSetting, (agency_id, plugin), with_for_update=True)
    before = dict(row.values) if row else {}
    if row is None:
        if version:
            raise conflict
        row = PluginSetting(agency_id=agency_id, plugin=plugin, version=0, values={}, changed_at=now)
        session.add(row)
        session.flush()
    compare_and_set(session, row, PluginSetting.version, seen=version, conflict=conflict)
    row.values, row.changed_by, row.changed_at = chosen, actor_id, now
    record(
        session,
        actor_id=actor_id,
        action=CHANGE,
        subject=("agency", agency_id),
        now=now,
        before={"plugin": plugin, **before},
        after={"plugin": plugin, **chosen},
    )


def _validated(model: type[TypedFields], values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return model.model_validate(dict(values)).model_dump(mode="json")
    except ValidationError as error:
        text = message("Ada isian yang perlu dibetulkan.")
        fields = {str((*entry["loc"], "")[0]): _sentence(entry) for entry in error.errors()}
        raise Invalid(fields.pop("", text), fields=fields) from None


def _sentence(entry: Any) -> Text:
    return Sentence(sentence_of(entry))
