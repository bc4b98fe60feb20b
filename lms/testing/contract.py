"""``check_plugin``: what every plugin must keep, proved on both databases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import inspect, text

from lms.app import create_app, load_plugins
from lms.contract import item_shapes
from lms.contract.errors import PluginFault
from lms.contract.items import ItemSpec, ItemType
from lms.platform import migrate, schema
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.plugins import PluginManager
from lms.platform.registry import table_prefix
from lms.settings import Settings
from lms.testing.servers import start_postgresql


def check_plugin(name: str, *, postgresql: bool = True) -> None:
    """Prove the contract for the installed plugin ``name``; raises AssertionError.

    First all that is checked at each start, and every fault of it told together. Then quizzes: C4-C6 with a reason, each
    item with a review. Then tables, on SQLite and PostgreSQL: migrations equal the models, go down to nothing, and let
    the core be upgraded after an uninstall.
    """
    try:
        manager = load_plugins()
    except PluginFault as error:
        raise AssertionError(str(error)) from None
    assert name in manager.names, f"{name} is not installed"
    _check_quizzes(manager, name)
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
    return load_plugins().registry.item_types


def _check_quizzes(manager: PluginManager, name: str) -> None:
    modules = manager.registry.plugins[name].module_types
    items = [item for module in modules if module.quiz for item in module.quiz.items]
    faults = [fault for item in items for fault in item_faults(manager.registry.item_types, item)]
    assert not faults, faults


def item_faults(types: Mapping[str, ItemType], item: ItemSpec) -> list[str]:
    """What is wrong with a quiz item, a sentence each: shape, kind, key, a level of C4-C6 without its reason."""
    faults = item_shapes.item_faults(types, item)
    reason = item.level_reason
    if item.bloom.value >= "C4" and not (
        reason and all(text.strip() for text in reason.by_language.values())
    ):
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
        if own is None:  # a plugin without tables
            return
        migrate.upgrade(db.engine, parts)
        found = migrate.differences(db.engine, own)
        assert not found, f"{name}: models and migrations differ: {found}"
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
