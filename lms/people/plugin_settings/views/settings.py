"""Pengaturan modul: what the admin chooses for the agency, a form made from each plugin's model."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.contract.typed_errors import UNREADABLE
from lms.contract.typed_fields import TypedField, TypedFields, ValueKind, fields_of
from lms.people.access.views.route_scopes import own_agency
from lms.people.blueprint import bp
from lms.people.directory.agencies import get_agency
from lms.people.directory.persons import names
from lms.people.plugin_settings.models import PluginSetting
from lms.people.plugin_settings.stored import CHANGE, change_settings, usable
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import registry
from lms.web.form import Form, saved
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import command, current_actor, page


@bp.get("/pengaturan-modul")
@page(CHANGE, place=own_agency)
def settings_of_plugins() -> ResponseReturnValue:
    """The modules that have something to choose."""
    found = [plugin for plugin in registry().plugins.values() if plugin.settings]
    return render_template("people/plugin_settings.html", plugins=found)


@bp.get("/pengaturan-modul/<plugin>")
@page(CHANGE, place=lambda session, plugin: own_agency(session))
def plugin_settings_form(plugin: str) -> ResponseReturnValue:
    """What is chosen for one module."""
    return _form(plugin, Form({}))


@bp.post("/pengaturan-modul/<plugin>")
@command(CHANGE, place=lambda session, plugin: own_agency(session), fields=("version", "s-*"))
def save_plugin_settings(plugin: str) -> ResponseReturnValue:
    """Choose for one module."""
    form, session = Form.posted(request.form), db.session()
    model, agency_id = _model(plugin), own_agency(session).agency_id or 0

    def save() -> str:
        values = _typed(form, model, ZoneInfo(get_agency(session, agency_id).timezone))
        change_settings(
            session,
            agency_id=agency_id,
            plugin=plugin,
            values=values,
            version=form.version,
            actor_id=current_actor().person_id,
            now=now(),
        )
        return url_for("people.plugin_settings_form", plugin=plugin)

    return saved(form, save, lambda: _form(plugin, form), _("Pengaturan disimpan dan langsung berlaku."))


def _model(plugin: str) -> type[TypedFields]:
    known = registry().plugins.get(plugin)
    if known is None or known.settings is None:
        raise NotFound(message("Modul ini tidak punya pengaturan."))
    return known.settings


def _typed(form: Form, model: type[TypedFields], zone: ZoneInfo) -> dict[str, Any]:
    """What was typed, as values of JSON; raises Invalid beside each field that cannot be read."""
    values: dict[str, Any] = {}
    for field in fields_of(model):
        try:
            values[field.name] = field.meant(form.values.get(f"s-{field.name}", "").strip(), zone)
        except ValueError:
            form.errors[field.name] = UNREADABLE[field.kind]
    form.stop_at_errors()
    return values


def _form(plugin: str, form: Form) -> str:
    session, model = db.session(), _model(plugin)
    agency = get_agency(session, own_agency(session).agency_id or 0)
    row = session.get(PluginSetting, (agency.id, plugin))
    current = usable(model, row.values if row else {}).model_dump(mode="json")
    zone = ZoneInfo(agency.timezone)
    return render_template(
        "people/plugin_settings_form.html",
        plugin=registry().plugins[plugin],
        errors={f"s-{name}": text.in_(locale()) for name, text in form.errors.items()},
        conflict=form.conflict.in_(locale()) if form.conflict else "",
        row=row,
        person=names(session, [row.changed_by]).get(row.changed_by) if row and row.changed_by else None,
        fields=[
            {
                "name": f"s-{field.name}",
                "kind": field.kind.value,
                "label": field.label.title.in_(locale()),
                "hint": _hint(field, model.model_fields[field.name].default, zone),
                "value": form.values.get(f"s-{field.name}", field.shown(current[field.name], zone)),
                "longest": field.longest,
                "options": _options(field),
            }
            for field in fields_of(model)
        ],
    )


def _hint(field: TypedField, default: Any, zone: ZoneInfo) -> str:
    """Its help, between which bounds it lies, and what counts where nothing is chosen."""
    said = [field.label.help.in_(locale())] if field.label.help else []
    low, high = (field.shown(bound, zone) for bound in (field.lowest, field.highest))
    if low and high:
        said.append(_("%(low)s sampai %(high)s.", low=low, high=high))
    elif low:
        said.append(_("Paling sedikit %(low)s.", low=low))
    elif high:
        said.append(_("Paling banyak %(high)s.", high=high))
    usual = field.shown(default, zone)
    if usual:
        said.append(_("Bawaan: %(value)s.", value=dict(_options(field)).get(usual, usual)))
    return " ".join(said)


def _options(field: TypedField) -> list[tuple[str, str]]:
    if field.kind is ValueKind.YES_NO:
        return [("yes", _("Ya")), ("no", _("Tidak"))]
    words = [(value, field.label.options[value].in_(locale())) for value in field.options]
    return [("", "-"), *words] if words and field.may_be_empty else words
