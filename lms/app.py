"""``create_app``: the only wiring. Reads no database."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from importlib.resources import as_file
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import click
from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.completion.handlers import handlers_of
from lms.platform import kept_rows, retention, schema, storage_check
from lms.platform.clock import Clock, shifted_clock
from lms.platform.db import db, engine_options
from lms.platform.logs import init_logs
from lms.platform.outbox import Outbox
from lms.platform.plugin_failures import init_failures
from lms.platform.plugins import PluginManager, load
from lms.platform.private import keep_private
from lms.platform.registry import CoreValues
from lms.platform.retention import Retention
from lms.platform.storage import make_storage
from lms.platform.transaction import configure
from lms.platform.worker import HEARTBEAT_TASK, make_celery, make_waker
from lms.settings import Settings, load_settings
from lms.web.assets import init_assets
from lms.web.body_limits import init_limits
from lms.web.converters import CONVERTERS
from lms.web.cookies import session_name
from lms.web.errors import init_errors
from lms.web.headers import init_headers
from lms.web.i18n import init_i18n
from lms.web.request import init_request
from lms.web.routing import View, check_routes, may, new_key, public

DOMAINS = (
    "web",
    "people",
    "programmes",
    "modules",
    "assessment",
    "evidence",
    "grading",
    "completion",
    "certificates",
    "reports",
)
"""From the bottom up. A domain is wired by the files it has: permissions, events, handlers..."""


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
    manager = plugins or load(
        core_values(),
        off=frozenset(filter(None, settings.plugins_off.replace(" ", "").split(","))),
        trace=settings.trace_hooks,
    )
    app.extensions["clock"] = clock or shifted_clock(timedelta(seconds=settings.clock_offset_seconds))
    app.extensions["plugins"] = manager
    app.extensions["storage"] = make_storage(settings)
    app.extensions["components"] = schema.components(tuple(manager.registry.plugins.values()))
    app.extensions["tasks"] = (
        HEARTBEAT_TASK,
        retention.TASK,
        storage_check.TASK,
        *manager.registry.tasks.values(),
    )
    app.extensions["retention"] = retention_rules()
    app.extensions["celery"] = make_celery(app, settings.broker_url)
    wake = make_waker(settings.broker_url)
    waiting = handlers_of(manager.registry.completion_rules.values())
    app.extensions["outbox"] = Outbox((*manager.registry.event_handlers, *waiting), wake)
    init_failures(app, manager.failures)
    _init_database(app)
    _init_web(app, settings, manager)
    _init_domains(app)
    _add_commands(app, manager)
    check_routes(app)
    return app


def core_values() -> CoreValues:
    """What the core's domains declare, in the form in which a plugin does."""
    values: dict[str, tuple[Any, ...]] = {}
    for field, file, name in (
        ("item_types", "items", "ITEM_TYPES"),
        ("rubrics", "content", "core_rubrics"),
        ("deliverables", "content", "core_deliverables"),
        ("completion_rules", "rules", "COMPLETION_RULES"),
        ("permissions", "permissions", "PERMISSIONS"),
        ("event_types", "events", "EVENT_TYPES"),
        ("event_handlers", "handlers", "HANDLERS"),
        ("tasks", "tasks", "TASKS"),
        ("reports", "exports", "REPORTS"),
    ):
        values[field] = tuple(
            value for found in _declared(file, name) for value in (found() if callable(found) else found)
        )
    return CoreValues(**values)


def retention_rules() -> tuple[Retention, ...]:
    """What is forgotten by itself: the platform's rows, then those of each domain."""
    return (*kept_rows.RETENTION, *(rule for rules in _declared("retention", "RETENTION") for rule in rules))


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


def _init_web(app: Flask, settings: Settings, manager: PluginManager) -> None:
    init_headers(app, secure=settings.is_secure)  # first: also a refused request gets its headers
    app.url_map.converters.update(CONVERTERS)
    init_limits(app)
    init_request(app)
    CSRFProtect(app)
    init_errors(app)
    app.jinja_env.globals.update(may=may, new_key=new_key)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    folders = [
        str(_folder(info.translations)) for info in manager.registry.plugins.values() if info.translations
    ]
    init_i18n(app, (*folders, str(Path(__file__).parent / "translations")))
    statics: dict[str, Path] = {"": Path(__file__).parent / "web" / "static"}
    for module in _parts("views"):
        name = module.__name__.split(".")[1]
        statics[name] = Path(__file__).parent / name / "static"
    for blueprint, owner in _blueprints(manager):
        app.register_blueprint(blueprint, url_prefix=f"/m/{owner}" if owner else blueprint.url_prefix)
        if owner and blueprint.static_folder:
            statics[owner] = Path(blueprint.static_folder)
    for endpoint in [name for name in app.view_functions if name.endswith(".static")]:
        public(cast(View, app.view_functions[endpoint]))
    init_assets(
        app, {owner: folder for owner, folder in statics.items() if owner != "web"}, settings.data / "static"
    )


def _blueprints(manager: PluginManager) -> list[tuple[Blueprint, str]]:
    """Blueprints of the core (owner "") and of plugins."""
    found: list[tuple[Blueprint, str]] = []
    for module in (*_parts("health"), *_parts("views")):
        many = getattr(module, "BLUEPRINTS", None)
        found += [(blueprint, "") for blueprint in (many if many is not None else (module.bp,))]
    for owner, entries in manager.declared.get("lms_blueprints", {}).items():
        found += [(entry.blueprint, owner) for entry in entries]
    return found


def _init_domains(app: Flask) -> None:
    """Let each domain install what only it knows (sign-in, filters, links of the main menu)."""
    app.extensions["appliers"] = tuple(
        module.apply_programme for module in _parts("api") if hasattr(module, "apply_programme")
    )
    app.extensions["droppers"] = tuple(
        module.drop_left_out for module in reversed(_parts("api")) if hasattr(module, "drop_left_out")
    )
    app.extensions["measures"] = tuple(
        module.measure_programme for module in _parts("api") if hasattr(module, "measure_programme")
    )
    app.extensions["kept_files"] = tuple(
        module.kept_files for module in _parts("api") if hasattr(module, "kept_files")
    )
    app.extensions["exporters"] = {
        module.__name__.split(".")[1]: module.export_person for module in _parts("personal")
    }
    app.extensions["navigation"] = tuple(module.navigation for module in reversed(_parts("navigation")))
    for module in _parts("install"):
        install: Callable[[Flask], None] = module.init_app
        install(app)


def _add_commands(app: Flask, manager: PluginManager) -> None:
    for module in _parts("cli"):
        app.cli.add_command(module.group)
    for name, commands in manager.declared.get("lms_commands", {}).items():
        for entry in commands:
            group: click.Group = entry.group
            app.cli.add_command(group, name)


def _declared(file: str, name: str) -> list[Any]:
    return [getattr(module, name) for module in _parts(file) if hasattr(module, name)]


def _parts(file: str) -> list[ModuleType]:
    """The file ``file`` of every domain that has it, from the bottom up."""
    names = [f"lms.{domain}.{file}" for domain in DOMAINS]
    return [import_module(name) for name in names if find_spec(name) is not None]


def _folder(place: Any) -> Path:
    with as_file(place) as folder:
        return Path(folder)
