"""``check_plugin``: what every plugin must keep, proved on both databases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import inspect, text

from lms.app import core_values, create_app
from lms.contract import item_shapes
from lms.contract.items import ItemSpec, ItemType
from lms.platform import migrate, schema
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.platform.embedded import start_postgresql
from lms.platform.plugins import PluginManager, load
from lms.platform.registry import table_prefix
from lms.settings import Settings
from lms.web.routing import Rule


def check_plugin(name: str, *, postgresql: bool = True) -> None:
    """Prove the contract for the installed plugin ``name``; raises AssertionError.

    Declarations: loads, keys prefixed, quiz items sound, C4-C6 with a reason, each with a review, deliverables' rubrics known,
    routes with rules. Tables, on SQLite and PostgreSQL: migrations equal the models, go down to nothing, keep
    rows while a core table is rebuilt, and let the core be upgraded after an uninstall.
    """
    manager = load(core_values())
    assert name in manager.names, f"{name} is not installed"
    _check_declarations(manager, name)
    with TemporaryDirectory() as folder:
        _check_tables(f"sqlite:///{folder}/check.sqlite3", Path(folder), manager, name)
    if postgresql:
        server = start_postgresql()
        try:
            with TemporaryDirectory() as folder:
                _check_tables(f"{server.url}/postgres", Path(folder), manager, name)
        finally:
            server.stop()


def item_types() -> Mapping[str, ItemType]:
    """Every kind of quiz item that is installed, to try a module's questions on."""
    return load(core_values()).registry.item_types


def _check_declarations(manager: PluginManager, name: str) -> None:
    registry = manager.registry
    for key, module in registry.module_types.items():
        if key.startswith(name) and module.quiz:
            faults = [fault for item in module.quiz.items for fault in item_faults(registry.item_types, item)]
            assert not faults, faults
    for key, deliverable in registry.deliverables.items():
        if key.startswith(f"{name}."):
            assert deliverable.rubric in registry.rubrics, f"{key}: unknown rubric {deliverable.rubric}"
    for entry in manager.declared.get("lms_blueprints", {}).get(name, ()):
        probe = Flask(name)
        probe.register_blueprint(entry.blueprint)
        for endpoint, view in probe.view_functions.items():
            if not endpoint.endswith("static"):
                assert isinstance(getattr(view, "__rule__", None), Rule), f"{endpoint} has no rule"


def item_faults(types: Mapping[str, ItemType], item: ItemSpec) -> list[str]:
    """What is wrong with a quiz item, a sentence each: shape, kind, key, a level of C4-C6 without its reason."""
    faults = item_shapes.item_faults(types, item)
    reason = item.level_reason
    if item.bloom.value >= "C4" and not (reason and reason.id.strip() and reason.en.strip()):
        faults.append(f"{item.key}: {item.bloom} needs a level_reason: what is related, judged or designed")
    return faults + _review_faults(types, item)


def _review_faults(types: Mapping[str, ItemType], item: ItemSpec) -> list[str]:
    """A discussion of the item must be possible when nothing was answered."""
    kind = types.get(item.type)
    if kind is None or kind.review is None:
        return []
    try:
        lines = kind.review(item.body, item.secret, None)
    except Exception as error:
        return [f"{item.key}: {item.type} cannot review it: {type(error).__name__}: {error}"]
    return [] if lines else [f"{item.key}: the review of {item.type} has no line"]


def _check_tables(url: str, folder: Path, manager: PluginManager, name: str) -> None:
    with _application(url, folder, manager) as app:
        parts = platform(app).components
        own = next((part for part in parts if part.name == name), None)
        if own is None:
            tables = [table for table in Base.metadata.tables if table.startswith(table_prefix(name))]
            assert not tables, f"{name} has tables {tables} but names no migrations"
            return
        migrate.upgrade(db.engine, parts)
        found = migrate.differences(db.engine, own)
        assert not found, f"{name}: models and migrations differ: {found}"
        _check_core_rebuild(name)
        migrate.downgrade(db.engine, own, "base")
        left = [
            table for table in inspect(db.engine).get_table_names() if table.startswith(table_prefix(name))
        ]
        assert not left, f"{name}: downgrade leaves {left}"
        migrate.upgrade(db.engine, parts)
        # uninstalled: the core goes on without it
        core = tuple(part for part in parts if part.name == schema.CORE)
        migrate.upgrade(db.engine, core)
        assert not migrate.differences(db.engine, core[0])


def _check_core_rebuild(name: str) -> None:
    """Foreign keys of the plugin must not cascade: a rebuilt core table would take its rows along."""
    for table in Base.metadata.tables.values():
        if table.name.startswith(table_prefix(name)):
            for constraint in table.foreign_key_constraints:
                target = constraint.referred_table.name
                own = target.startswith(table_prefix(name))
                assert own or not constraint.ondelete, f"{table.name} -> {target} must not cascade"
                assert own or not target.startswith("p_"), f"{table.name} refers to another plugin's {target}"


@contextmanager
def _application(url: str, folder: Path, manager: PluginManager) -> Iterator[Flask]:
    settings = Settings(data=folder, database_url=url, secret_key="check" * 8, environment="test")
    app = create_app(settings, plugins=manager)
    with app.app_context():
        if url.startswith("postgresql"):
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
        yield app
        db.session.remove()
        db.engine.dispose()
