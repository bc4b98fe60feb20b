"""Models and migrations agree, for the core and every plugin, up and down, on both databases."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Table, UniqueConstraint, event, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError

from lms.cli.plugins import plugins
from lms.platform import migrate, schema
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.schema import CORE, Component
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.programmes.models import Stage
from lms.testing.people import make_agency
from lms.testing.world import row

START = datetime(2020, 9, 8, tzinfo=UTC)


def test_head_equals_the_models(app: Flask) -> None:
    for part in platform(app).components:
        assert migrate.differences(db.engine, part) == [], part.name
    assert all(status.at_head for status in schema.status(db.engine, platform(app).components))


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    parts = platform(app).components
    for part in reversed(parts):
        migrate.downgrade(db.engine, part, "base")
    left = [table for table in inspect(db.engine).get_table_names() if not table.startswith("alembic")]
    assert left == []
    migrate.upgrade(db.engine, parts)
    assert migrate.differences(db.engine, parts[0]) == []


def test_upgrading_twice_changes_nothing(app: Flask) -> None:
    parts = platform(app).components
    before = schema.status(db.engine, parts)
    migrate.upgrade(db.engine, parts)
    assert schema.status(db.engine, parts) == before


def with_migrations(app: Flask, folder: Path, *bodies: str) -> Component:
    """The core with migrations after its newest, one for each body of ``upgrade``."""
    core = platform(app).components[0]
    versions = folder / "versions"
    shutil.copytree(core.versions, versions, ignore=shutil.ignore_patterns("__pycache__"))
    last = schema.status(db.engine, (core,))[0].head
    for number, body in enumerate(bodies):
        (versions / f"later_{number}.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\nfrom lms.platform.migrate import create_indexes\n"
            f"revision = 'later_{number}'\ndown_revision = {last!r}\nbranch_labels = depends_on = None\n"
            f"def upgrade():\n    {body}\ndef downgrade():\n    pass\n"
        )
        last = f"later_{number}"
    return Component(CORE, versions)


def test_a_failing_migration_leaves_nothing_half_done_and_what_was_before_it(
    app: Flask, tmp_path: Path
) -> None:
    table = "op.execute('CREATE TABLE {} (id INTEGER)')"
    broken = with_migrations(
        app, tmp_path, table.format("whole"), f"{table.format('half')}; raise ZeroDivisionError"
    )
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(db.engine, (broken,))
    assert {"whole", "half"} & set(inspect(db.engine).get_table_names()) == {"whole"}
    assert schema.status(db.engine, (broken,))[0].current == "later_0"


def test_a_migration_that_leaves_a_reference_to_nothing_is_taken_back(app: Flask, tmp_path: Path) -> None:
    row = "INSERT INTO recovery_code (account_id, code_hash) VALUES (99, 'x')"
    broken = with_migrations(app, tmp_path, f'op.execute("{row}")')
    with pytest.raises((RuntimeError, IntegrityError)):
        migrate.upgrade(db.engine, (broken,))
    assert db.session.scalar(text("SELECT count(*) FROM recovery_code")) == 0
    assert schema.status(db.engine, platform(app).components[:1])[0].at_head


def test_an_index_is_built_while_people_write(app: Flask, tmp_path: Path) -> None:
    """And one that was cut off is built anew. On PostgreSQL a plain CREATE INDEX would wait for who is writing."""
    part = with_migrations(app, tmp_path, "create_indexes(('ix_agency_city', 'agency', ('city',)))")
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("CREATE INDEX ix_agency_city ON agency (name)"))
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    migrate.upgrade(db.engine, (part,))
    event.remove(db.engine, "before_cursor_execute", note)
    (index,) = [
        entry for entry in inspect(db.engine).get_indexes("agency") if entry["name"] == "ix_agency_city"
    ]
    assert index["column_names"] == ["city"]
    built = [statement for statement in statements if statement.startswith("CREATE INDEX")]
    assert ["CONCURRENTLY" in statement for statement in built] == [db.engine.dialect.name == "postgresql"]
    with write() as session:
        make_agency(session)


@pytest.mark.only_on("postgresql")
def test_a_migration_does_not_wait_long_for_a_table_that_somebody_uses(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wants to read the table would wait behind it."""
    monkeypatch.setattr(migrate, "LOCK_WAIT", "50ms")
    part = with_migrations(app, tmp_path, "op.add_column('agency', sa.Column('extra', sa.Integer()))")
    with db.engine.begin() as busy:
        busy.execute(text("SELECT * FROM agency"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.upgrade(db.engine, (part,))
    migrate.upgrade(db.engine, (part,))
    assert "extra" in {column["name"] for column in inspect(db.engine).get_columns("agency")}


def test_every_foreign_key_has_an_index(app: Flask) -> None:
    """But for those to people, whose rows are never removed, unless somebody looks for them."""
    bare = {
        f"{table.name}.{key.parent.name}"
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name != "person" and key.parent.name not in _led(table)
    }
    assert bare == set()


def _led(table: Table) -> set[str]:
    """The columns with which an index or a key of the table begins."""
    keys = [
        *table.indexes,
        table.primary_key,
        *(entry for entry in table.constraints if isinstance(entry, UniqueConstraint)),
    ]
    return {next(iter(key.columns)).name for key in keys if len(key.columns)}


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
    monkeypatch.setenv("LMS_DATA", str(platform(app).settings.data))
    monkeypatch.setenv("LMS_DATABASE_URL", platform(app).settings.database_url)
    monkeypatch.setenv("LMS_ENVIRONMENT", "test")
    monkeypatch.setenv("LMS_PLUGINS_OFF", "spmi_documents")
    before = set(inspect(db.engine).get_table_names())
    said = CliRunner().invoke(plugins, ["purge", "spmi_documents", "--yes"])
    assert said.exit_code == 2
    assert "still installed" in said.output
    assert set(inspect(db.engine).get_table_names()) == before


def purged(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> Result:
    settings = platform(app).settings
    for key, value in (
        ("DATA", settings.data),
        ("DATABASE_URL", settings.database_url),
        ("ENVIRONMENT", "test"),
    ):
        monkeypatch.setenv(f"LMS_{key}", str(value))
    return CliRunner().invoke(plugins, ["purge", name, "--yes"])


@pytest.mark.parametrize("name", ["never_was", "core", "lms", "../evil", "Evil", "x", "gone\n"])
def test_purge_of_what_never_was_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = set(inspect(db.engine).get_table_names())
    said = purged(app, monkeypatch, name)
    assert said.exit_code != 0
    assert "dropped" not in said.output
    assert set(inspect(db.engine).get_table_names()) == before


def test_purge_removes_files_as_well_as_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that its rows name, in a column or inside a text, and its published copies; nobody else's."""
    mine, inside, other = (storage().put(b"x", suffix="pdf").key for _ in range(3))
    published = platform(app).settings.data / "static" / "gone"
    published.mkdir(parents=True)
    (published / "a.css").write_text("a {}")
    with db.engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE p_gone_thing (id INTEGER, photo VARCHAR(80), body TEXT, at TIMESTAMP)")
        )
        row = {"photo": mine, "body": f'{{"files": ["{inside}"]}}', "missing": "ab/" + "ab" * 20 + ".pdf"}
        connection.execute(text("INSERT INTO p_gone_thing VALUES (1, :photo, :body, NULL)"), row)
        connection.execute(text("INSERT INTO p_gone_thing VALUES (2, :missing, NULL, NULL)"), row)
    said = purged(app, monkeypatch, "gone")
    assert (said.exit_code, "removed 2 files" in said.output) == (0, True), said.output
    assert [storage().exists(key) for key in (mine, inside, other)] == [False, False, True]
    assert not published.exists()
    assert purged(app, monkeypatch, "gone").exit_code != 0


def test_stages_of_before_close_at_midnight(app: Flask) -> None:
    """A row that closes a second before midnight, by a clock of each zone, keeps its day; others stay."""
    with write() as session:
        agency = make_agency(session)
        programme_id = row(
            session,
            "programme",
            agency_id=agency.id,
            code="UJI",
            title="Uji",
            school_year="2020/2021",
            timezone="Asia/Jakarta",
            status="running",
            version=1,
            definition={},
            created_at=START,
        )
        stage_id = row(
            session,
            "stage",
            programme_id=programme_id,
            no=1,
            title="Tahap 1",
            starts_on=date(2020, 9, 8),
            ends_on=date(2020, 9, 30),
            opens_at=START,
            on_service_due_at=START,
            closes_at=START,
        )
    core, *others = platform(app).components
    for part in reversed(others):  # their tables point at younger ones of the core
        migrate.downgrade(db.engine, part, "base")
    closes = {datetime(2020, 9, 30, 16, 59, 59, tzinfo=UTC): 1, datetime(2020, 9, 30, 12, 30, tzinfo=UTC): 0}
    for stored, seconds in closes.items():
        migrate.downgrade(db.engine, core, "core_0017")
        with write() as session:
            session.get_one(Stage, stage_id).closes_at = stored
        migrate.upgrade(db.engine, (core,))
        db.session.expire_all()
        assert db.session.get_one(Stage, stage_id).closes_at == stored + timedelta(seconds=seconds)
        db.session.rollback()


@pytest.mark.only_on("sqlite")  # only SQLite reuses numbers
def test_numbers_of_rows_that_are_gone_are_not_given_again(app: Flask) -> None:
    """SQLite copies a table to change it, and the copy must keep ``AUTOINCREMENT``."""
    wanted = {
        name for name, table in db.metadata.tables.items() if table.dialect_kwargs.get("sqlite_autoincrement")
    }
    with db.engine.connect() as connection:
        statements = dict(
            connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
        )
    assert wanted
    assert {name for name in wanted if "AUTOINCREMENT" not in statements[name]} == set()
