"""Faults of plugins' pages, found before anybody opens one: blueprints, routes, templates, and who names them.

Blueprints are registered on applications that serve nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from werkzeug.routing import Rule as Address

from lms.contract.plugin import Plugin
from lms.platform.plugin_validation.shapes import takes
from lms.platform.plugin_validation.words import did_you_mean, short
from lms.platform.registry import CoreValues, all_values
from lms.web.converters import CONVERTERS
from lms.web.filters import filters
from lms.web.plugin_templates import Names, template_faults
from lms.web.routing import PUBLIC, SIGNED_IN, Rule

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class _Listed(Address):
    """An address that is only listed: to compile the core's 250 takes longer than all that is checked here."""

    def compile(self) -> None:
        """Nothing is matched."""


def page_faults(
    core: CoreValues, plugins: Mapping[str, Plugin], core_blueprints: Iterable[Blueprint]
) -> Iterator[str]:
    """Every fault of blueprints, routes and templates, and of what modules and item types say of them."""
    site = _application(_Listed)
    for blueprint in core_blueprints:
        site.register_blueprint(blueprint)
    taken = frozenset(site.blueprints)
    declared = {value.action for value in all_values(core, plugins, "permissions")}
    actions = frozenset(declared | {PUBLIC, SIGNED_IN})
    probes: dict[str, Flask] = {}
    for name, plugin in plugins.items():
        faults = (
            list(_blueprint_faults(name, plugin.blueprint, taken)) if plugin.blueprint is not None else []
        )
        if plugin.blueprint is not None and not faults:
            probe = _application(Address)
            try:
                probe.register_blueprint(plugin.blueprint, url_prefix=f"/m/{name}")
            except Exception as error:
                faults.append(f"its pages cannot be registered: {type(error).__name__}: {error}")
            else:
                probes[name] = probe
                faults += _route_faults(probe, actions)
                site.register_blueprint(plugin.blueprint)
        yield from (f"{name}: {fault}" for fault in faults)
    names = Names(
        site.jinja_env,
        templates=frozenset(site.jinja_env.list_templates()),
        endpoints=frozenset(site.view_functions),
        actions=actions,
    )
    for name, plugin in plugins.items():
        unread = {
            other for other, one in plugins.items() if one.blueprint is not None and other not in probes
        }
        faults = [
            *_module_faults(plugin, probes, names, unread),
            *_item_faults(plugin, names, unread),
            *_document_faults(name, plugin, names, unread),
        ]
        if name in probes and plugin.blueprint is not None and plugin.blueprint.jinja_loader is not None:
            faults += template_faults(name, plugin.blueprint.jinja_loader, names)
        yield from (f"{name}: {fault}" for fault in faults)


def _application(addresses: type[Address]) -> Flask:
    app = Flask("lms", template_folder="web/templates", static_folder=None)
    app.url_rule_class = addresses
    app.url_map.converters.update(CONVERTERS)
    app.jinja_env.filters.update(filters())
    return app


def _blueprint_faults(name: str, blueprint: object, taken: Collection[str]) -> Iterator[str]:
    if not isinstance(blueprint, Blueprint):
        yield f"blueprint must be a flask.Blueprint, not {short(blueprint)}"
        return
    if blueprint.name != name:
        yield f"blueprint {blueprint.name!r} must be called {name!r}"
    if name in taken:
        yield f"the core's own pages are called {name!r}; choose another name for the plugin"
    if blueprint.url_prefix:
        yield f"blueprint has url_prefix {blueprint.url_prefix!r}; leave it out, its pages lie under '/m/{name}'"
    for kind, folder in (("static", blueprint.static_folder), ("template", blueprint.template_folder)):
        if folder and not (Path(blueprint.root_path) / folder).is_dir():
            yield f"blueprint's {kind}_folder {str(folder)!r} is not there; make it beside the module, or leave it out"


def _route_faults(app: Flask, actions: Collection[str]) -> Iterator[str]:
    for address in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, one.rule)):
        if address.endpoint.endswith(".static"):
            continue
        rule = getattr(app.view_functions[address.endpoint], "__rule__", None)
        if not isinstance(rule, Rule):
            yield f"page {address.endpoint!r} has no rule; write @page, @command or @public under its route"
            continue
        if rule.action not in actions:
            yield (
                f"page {address.endpoint!r}: nobody declares the permission {rule.action!r}"
                f"{did_you_mean(rule.action, actions)}"
            )
        yield from (
            f"page {address.endpoint!r}: {fault}"
            for fault in _argument_faults(app.view_functions[address.endpoint], rule, address.arguments)
        )
        if not rule.changes and (changing := sorted((address.methods or set()) - _READING)):
            yield f"page {address.endpoint!r} takes {', '.join(changing)} and is only to be read; write @command"
    for where, functions in (
        ("before_app_request", app.before_request_funcs),
        ("after_app_request", app.after_request_funcs),
        ("teardown_app_request", app.teardown_request_funcs),
    ):
        if functions.get(None):
            yield f"blueprint's {where} would run on every page of Imbas; write it without 'app_'"


def _argument_faults(view: Callable[..., Any], rule: Rule, given: Collection[str]) -> Iterator[str]:
    """Functions of a route that could not be called with what stands in its address."""
    words = sorted(given)
    first = ("prepared",) if rule.prepare else ()
    for name, function, before in (
        ("its place", rule.place, ("session",)),
        ("its prepare", rule.prepare, ()),
        ("its view", view, first),
    ):
        if function and not takes(function, *before, **dict.fromkeys(given)):
            yield f"{name} must take ({', '.join((*before, *words))}), as the address says"


def _module_faults(
    plugin: Plugin, probes: Mapping[str, Flask], names: Names, unread: Collection[str]
) -> Iterator[str]:
    for module in plugin.module_types:
        wanted = [module.home_endpoint] if module.home_endpoint else []
        for endpoint in (*wanted, *(page.endpoint for page in module.more_pages)):
            owner = endpoint.partition(".")[0]
            if owner in unread:
                continue
            if endpoint not in names.endpoints:
                yield f"module type {module.key!r}: there is no page {endpoint!r}{did_you_mean(endpoint, names.endpoints)}"
            elif owner in probes and not any(
                address.arguments == {"placement_id"}
                for address in probes[owner].url_map.iter_rules(endpoint)
            ):
                yield f"module type {module.key!r}: page {endpoint!r} must take <int:placement_id> and nothing else"


def _item_faults(plugin: Plugin, names: Names, unread: Collection[str]) -> Iterator[str]:
    for kind in plugin.item_types:
        if kind.template not in names.templates and kind.template.partition("/")[0] not in unread:
            yield (
                f"item type {kind.key!r}: there is no template {kind.template!r}"
                f"{did_you_mean(kind.template, names.templates)}"
            )


def _document_faults(name: str, plugin: Plugin, names: Names, unread: Collection[str]) -> Iterator[str]:
    """Document types whose pages, or what they show of the plugin's own, are not there."""
    if len(plugin.document_types) > 1:
        yield "it has two document types; a plugin may have one"
    for type_ in plugin.document_types:
        if type_.template and type_.template not in names.templates:
            yield (
                f"document type {type_.key!r}: there is no template {type_.template!r}"
                f"{did_you_mean(type_.template, names.templates)}"
            )
        if name not in unread and f"{name}.board" not in names.endpoints:
            yield (
                f"document type {type_.key!r}: its pages are nowhere; "
                "write add_document_pages(bp, ...) below the blueprint"
            )
