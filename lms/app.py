"""``create_app``: the only wiring. Reads no database."""

from collections.abc import Iterable
from copy import copy
from datetime import timedelta
from functools import wraps
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, cast

import click
from flask import Flask
from flask.cli import with_appcontext
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.assessment import setup as assessment
from lms.certificates import setup as certificates
from lms.completion import setup as completion
from lms.completion.handlers import handlers_of
from lms.contract.catalogues import look_in
from lms.documents import setup as documents
from lms.evidence import setup as evidence
from lms.grading import setup as grading
from lms.modules import setup as modules
from lms.people import setup as people
from lms.platform import audit, platform_retention, retention, schema, storage_check
from lms.platform.application import KEY, Platform
from lms.platform.clock import Clock, shifted_clock
from lms.platform.core import Core
from lms.platform.db import db, engine_options
from lms.platform.logs import init_logs
from lms.platform.outbox import Outbox
from lms.platform.plugin_failures import init_failures
from lms.platform.plugin_validation.tables import migration_faults
from lms.platform.plugins import Check, PluginManager, load
from lms.platform.private import keep_private
from lms.platform.registry import CoreValues
from lms.platform.storage import make_storage
from lms.platform.transaction import configure
from lms.platform.worker import HEARTBEAT_TASK, make_celery, make_waker
from lms.programmes import setup as programmes
from lms.reports import setup as reports
from lms.settings import Settings, load_settings
from lms.web import setup as web
from lms.web.assets import init_assets
from lms.web.body_limits import init_limits
from lms.web.converters import CONVERTERS
from lms.web.cookies import session_name
from lms.web.errors import init_errors
from lms.web.headers import init_headers
from lms.web.i18n import init_i18n
from lms.web.plugin_pages import page_faults
from lms.web.request import init_request
from lms.web.routing import View, check_routes, may, new_key, public

DOMAINS = (
    web,
    people,
    programmes,
    modules,
    assessment,
    evidence,
    grading,
    documents,
    completion,
    certificates,
    reports,
)
"""What each domain brings, from the bottom up."""


def create_app(
    settings: Settings | None = None,
    *,
    plugins: PluginManager | None = None,
    clock: Clock | None = None,
) -> Flask:
    """An application for ``settings`` (default: the environment).

    Raises SettingsFault or PluginFault with every fault found.
    """
    settings = settings or load_settings()
    if settings.environment != "test":
        init_logs(settings.log_level)
    keep_private()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Flask("lms", template_folder="web/templates", static_folder=None)
    _configure(app, settings)
    core = collected()
    manager = plugins or load_plugins(core, off=settings.plugins_left_out, trace=settings.trace_hooks)
    app.extensions[KEY] = _platform(app, settings, core, manager, clock)
    init_failures(app, manager.failures)
    _init_database(app)
    _init_web(app, settings, core, manager)
    for init_app in core.init_app:
        init_app(app)
    _add_commands(app, core, manager)
    check_routes(app)
    return app


def load_plugins(
    core: Core | None = None,
    *,
    off: frozenset[str] = frozenset(),
    trace: bool = False,
    found: Iterable[EntryPoint] | None = None,
    migrating: bool = False,
) -> PluginManager:
    """The installed plugins, checked by every layer; raises PluginFault with all faults.

    ``migrating``: a table without a migration is no fault, since its migration is about to be written.
    """
    core = core or collected()
    checks: list[Check] = [lambda values, plugins: page_faults(values, plugins, core.blueprints)]
    if not migrating:
        checks.append(lambda _values, plugins: migration_faults(plugins))
    return load(core.values(), off=off, trace=trace, found=found, checks=checks)


def collected() -> Core:
    """What the core's domains bring."""
    core = Core(retention=[*platform_retention.RETENTION])
    for domain in DOMAINS:
        domain.setup(core)
    return core


def core_values() -> CoreValues:
    """What the core's domains declare, in the form in which a plugin does."""
    return collected().values()


def _platform(
    app: Flask, settings: Settings, core: Core, manager: PluginManager, clock: Clock | None
) -> Platform:
    registry = manager.registry
    waiting = handlers_of(registry.completion_rules.values())
    return Platform(
        settings=settings,
        core=core,
        plugins=manager,
        clock=clock or shifted_clock(timedelta(seconds=settings.clock_offset_seconds)),
        storage=make_storage(settings),
        outbox=Outbox((*registry.event_handlers, *waiting), make_waker(settings.broker_url)),
        celery=make_celery(app, settings.broker_url),
        components=schema.components(tuple(registry.plugins.values())),
        tasks=(HEARTBEAT_TASK, audit.SEAL_TASK, retention.TASK, storage_check.TASK, *registry.tasks.values()),
        retention=tuple(core.retention),
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        LMS=settings,
        SECRET_KEY=settings.key(),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME=session_name(secure=settings.is_secure),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        TESTING=settings.environment == "test",
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _init_database(app: Flask) -> None:
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.database and url.get_backend_name() == "sqlite":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        configure(app, db.engine)


def _init_web(app: Flask, settings: Settings, core: Core, manager: PluginManager) -> None:
    init_headers(app, secure=settings.is_secure)  # first: also a refused request gets its headers
    app.url_map.converters.update(CONVERTERS)
    init_limits(app)
    init_request(app)
    CSRFProtect(app)
    init_errors(app)
    app.jinja_env.globals.update(may=may, new_key=new_key)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    look_in(settings.translations)
    pages = {name: plugin.blueprint for name, plugin in manager.registry.plugins.items() if plugin.blueprint}
    init_i18n(app, {name: blueprint.import_name.partition(".")[0] for name, blueprint in pages.items()})
    statics = dict(core.static_folders)
    for blueprint in core.blueprints:
        app.register_blueprint(blueprint)
    for owner, plugin in manager.registry.plugins.items():
        if plugin.blueprint:
            app.register_blueprint(plugin.blueprint, url_prefix=f"/m/{owner}")
            if plugin.blueprint.static_folder:
                statics[owner] = Path(plugin.blueprint.static_folder)
    for endpoint in [name for name in app.view_functions if name.endswith(".static")]:
        app.view_functions[endpoint] = _public_files(cast(View, app.view_functions[endpoint]))
    init_assets(app, statics, settings.data / "static")


def _public_files(send: View) -> View:
    """A view of its own for the method that flask gives, which cannot carry a rule."""

    @wraps(send)
    def served(**arguments: Any) -> ResponseReturnValue:
        return send(**arguments)

    return public(served)


def _add_commands(app: Flask, core: Core, manager: PluginManager) -> None:
    for command in core.commands:
        app.cli.add_command(command)
    for name, plugin in manager.registry.plugins.items():
        if plugin.commands:
            app.cli.add_command(_in_context(plugin.commands), name)


def _in_context(group: click.Group) -> click.Group:
    """The group of a plugin, whose commands have the application and so the database."""
    found = copy(group)
    found.callback = with_appcontext(group.callback or (lambda: None))
    return found
