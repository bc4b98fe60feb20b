"""Models and migrations agree, for the core and every plugin, up and down, on both databases."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import inspect, text

from lms.cli.plugins import plugins
from lms.platform import migrate, schema
from lms.platform.db import db
from lms.platform.schema import CORE, Component


def test_head_equals_the_models(app: Flask) -> None:
    for part in app.extensions["components"]:
        assert migrate.differences(db.engine, part) == [], part.name
    assert all(status.at_head for status in schema.status(db.engine, app.extensions["components"]))


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    parts = app.extensions["components"]
    for part in reversed(parts):
        migrate.downgrade(db.engine, part, "base")
    left = [table for table in inspect(db.engine).get_table_names() if not table.startswith("alembic")]
    assert left == []
    migrate.upgrade(db.engine, parts)
    assert migrate.differences(db.engine, parts[0]) == []


def test_upgrading_twice_changes_nothing(app: Flask) -> None:
    parts = app.extensions["components"]
    before = schema.status(db.engine, parts)
    migrate.upgrade(db.engine, parts)
    assert schema.status(db.engine, parts) == before


def test_a_failing_migration_leaves_nothing_half_done(app: Flask, tmp_path: Path) -> None:
    core = app.extensions["components"][0]
    versions = tmp_path / "versions"
    shutil.copytree(core.versions, versions, ignore=shutil.ignore_patterns("__pycache__"))
    head = schema.status(db.engine, (core,))[0].head
    (versions / "broken.py").write_text(
        f"from alembic import op\nrevision = 'broken'\ndown_revision = {head!r}\n"
        "branch_labels = None\ndepends_on = None\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (id INTEGER)')\n    raise ZeroDivisionError\n"
        "def downgrade():\n    pass\n"
    )
    broken = Component(CORE, versions)
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(db.engine, (broken,))
    assert "half" not in inspect(db.engine).get_table_names()
    assert schema.status(db.engine, (core,))[0].at_head


def test_purge_drops_what_a_gone_plugin_left(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE p_gone_thing (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version_gone (version_num VARCHAR(32))"))
    migrate.purge(db.engine, "gone")
    assert not [name for name in inspect(db.engine).get_table_names() if "gone" in name]


def test_purge_leaves_the_tables_of_a_plugin_with_a_longer_name(app: Flask) -> None:
    with db.engine.begin() as connection:
        for table in ("p_gone_thing", "alembic_version_gone", "p_gone_far_thing", "alembic_version_gone_far"):
            connection.execute(text(f"CREATE TABLE {table} (id INTEGER)"))
    migrate.purge(db.engine, "gone")
    left = {name for name in inspect(db.engine).get_table_names() if "gone" in name}
    assert left == {"p_gone_far_thing", "alembic_version_gone_far"}
    migrate.purge(db.engine, "gone_far")


@pytest.mark.modules
def test_purge_refuses_a_plugin_that_is_only_switched_off(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_DATA", str(app.config["LMS"].data))
    monkeypatch.setenv("LMS_DATABASE_URL", app.config["LMS"].database_url)
    monkeypatch.setenv("LMS_ENVIRONMENT", "test")
    monkeypatch.setenv("LMS_PLUGINS_OFF", "spmi_documents")
    before = set(inspect(db.engine).get_table_names())
    said = CliRunner().invoke(plugins, ["purge", "spmi_documents", "--yes"])
    assert said.exit_code == 2
    assert "still installed" in said.output
    assert set(inspect(db.engine).get_table_names()) == before
