"""``lms restore``: everything back from an archive, and the drill that proves that it would come back.

Restoring runs nothing that the archive contains, and writes nothing before every hash was compared.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask
from sqlalchemy import Connection, func, select

from lms.app import create_app, load_plugins
from lms.cli import earlier_archive
from lms.cli.archive import FILES, Archive, opened, table_member
from lms.cli.backup import Written, write_backup
from lms.cli.job_log import closed, noted
from lms.cli.rows import fill, line, typed
from lms.cli.tables import known_tables, owner, unknown_tables
from lms.cli.unstorable_values import Misfit, refuse
from lms.contract.errors import PluginFault
from lms.contract.sentences import counted
from lms.platform import migrate, schema, worker
from lms.platform.application import platform
from lms.platform.db import Base, db
from lms.platform.storage import storage
from lms.settings import Settings

_NO_ROWS = hashlib.sha256().hexdigest()


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--drill", "is_drill", is_flag=True, help="Restore into a throw-away place and compare.")
@click.option(
    "--without", multiple=True, metavar="PLUGIN", help="Leave out the rows of this plugin; may be repeated."
)
@click.option(
    "--clean", is_flag=True, help="Cut texts that are too long, replace signs that cannot be stored."
)
def restore(archive: Path, is_drill: bool, without: tuple[str, ...], clean: bool) -> None:
    """Read everything back from ARCHIVE into an empty installation."""
    app = _app_with_every_plugin()
    with app.app_context(), closed():
        if is_drill:
            count = noted(worker.DRILL, lambda: drill(archive, app, without=without))
        else:
            count = read_backup(archive, without=without, clean=clean)
    where = "could be restored" if is_drill else "restored"
    click.echo(
        f"{counted(count.rows, 'row', 'rows')} and {counted(count.files, 'file', 'files')} {where}; "
        "every hash was compared"
    )


def read_backup(archive: Path, *, without: Iterable[str] = (), clean: bool = False) -> Written:
    """Restore ``archive``, but for the rows of the plugins ``without``, into an empty database.

    The rows of an earlier version are upgraded. ``clean``: texts that no column takes are made to fit. Raises
    ClickException with what is wrong; then nothing was changed.
    """
    with opened(archive) as found:
        found.prove()
        wanted = _components(found, set(without))
        with db.engine.connect() as connection:
            _refuse_taken(connection)
        then = earlier_archive.parts_of(found, wanted)
        migrate.upgrade(db.engine, tuple(then) or platform().components, to=then)
        with db.engine.begin() as connection:
            if not then:
                _refuse_taken(connection)
            odd: list[Misfit] = []
            rows = sum(
                fill(
                    connection,
                    table,
                    found.rows_of(table.name),
                    by_sqlite=table.name in found.by_sqlite,
                    odd=odd,
                )
                for table in (earlier_archive.tables_of(connection) if then else known_tables(connection))
                if owner(table.name, wanted) in wanted
            )
            if odd and not clean:
                refuse(odd)
            for misfit in odd:
                click.echo(f"cleaned: {misfit}")
            names = [name for name in found.hashes if name.startswith(FILES)]
            for name in names:
                storage().restore(name.removeprefix(FILES), found.member(name))  # type: ignore[arg-type]
        if then:
            migrate.upgrade(db.engine, platform().components)
    return Written(rows, len(names))


def drill(archive: Path, app: Flask, *, without: Iterable[str] = ()) -> Written:
    """Restore into a throw-away SQLite and folder, back that up, and compare every hash."""
    with opened(archive) as found:
        if earlier_archive.parts_of(found, {*found.manifest["revisions"]} - set(without)):
            raise click.ClickException(
                "the archive was written by an earlier version: lms restore upgrades its rows, so that there is nothing "
                "to compare them with. Make a new archive and try that"
            )
    with TemporaryDirectory(prefix="imbas-drill-") as folder:
        other = create_app(_throw_away(app, Path(folder)), plugins=platform(app).plugins)
        with other.app_context():
            count = read_backup(archive, without=without)
            again = Path(folder) / "again.tar"
            lost = write_backup(again).lost
            db.session.remove()
            db.engine.dispose()
        with opened(archive) as one, opened(again) as two:
            first, second = _hashes_as_known(one, set(without)), two.hashes
        # Tables of a plugin that is new here, or left out, are there and have no rows.
        different = sorted(
            name for name in {*first, *second} if first.get(name, _NO_ROWS) != second.get(name)
        )
        if different:
            raise click.ClickException(f"what came back differs: {', '.join(different[:5])}")
    if lost:
        raise click.ClickException(
            f"everything in the archive came back, but it lacks {len(lost)} files that its rows need: {', '.join(lost[:5])}. "
            "Look for them in an older archive."
        )
    return count


def _throw_away(app: Flask, folder: Path) -> Settings:
    """Settings of ``app``, but for a place of its own.

    Not ``Settings(...)``: that would fill in address of database and files from the environment, those in use.
    """
    elsewhere = {
        "data": folder,
        "database_url": "",
        "storage_url": "",
        "broker_url": "",
        "environment": "test",
    }
    settings: Settings = platform(app).settings
    return settings.model_copy(update=elsewhere)


def _app_with_every_plugin() -> Flask:
    """Also with those in ``LMS_PLUGINS_OFF``: their rows are in the archive. A broken one stays out."""
    try:
        return create_app(plugins=load_plugins())
    except PluginFault:
        return create_app()


def _components(found: Archive, without: set[str]) -> set[str]:
    """The components whose rows come back; raises ClickException unless all are here in those versions.

    Compared with the code and not with the database, which is not touched before this. A plugin that the
    archive knows nothing of begins without rows.
    """
    there: dict[str, str] = found.manifest["revisions"]
    here = schema.heads(platform().components)
    owners = {owner(table, {*there, *without}) for table in found.tables}
    plugins = {*there, *owners} - {schema.CORE}
    if strange := sorted(without - plugins):
        raise click.ClickException(
            f"the archive has no rows of {', '.join(strange)}, but of {', '.join(sorted(plugins)) or 'no plugin'}; "
            "nothing was changed"
        )
    wanted = {schema.CORE} | plugins - without
    absent = sorted(name for name in wanted if name not in here)
    if absent:
        options = "".join(f" --without {name}" for name in absent)
        raise click.ClickException(
            f"the archive has rows of {', '.join(absent)}: not installed here, or broken. Nothing was changed. "
            f"Install what is missing and try again, or leave its rows out: lms restore ...{options}"
        )
    other = sorted(
        name
        for name in wanted
        if there.get(name) != here[name] and not earlier_archive.is_known(name, there.get(name))
    )
    if other:
        differences = ", ".join(f"{name} {there.get(name)} there and {here[name]} here" for name in other)
        raise click.ClickException(
            f"the archive was written with other versions of Imbas or its plugins: {differences}. "
            "Nothing was changed. Install those versions first (or leave a plugin's rows out: --without)"
        )
    raw = sorted(name for name in found.by_sqlite if owner(name, plugins) in wanted)
    if raw and earlier_archive.parts_of(found, wanted):
        raise click.ClickException(
            f"the archive is of an earlier version, and {', '.join(raw)} was written without its plugin. Nothing was "
            "changed. Restore it with that version, or leave the plugin's rows out: --without"
        )
    return wanted


def _refuse_taken(connection: Connection) -> None:
    taken = [
        table.name
        for table in (*known_tables(connection), *unknown_tables(connection))
        if connection.scalar(select(func.count()).select_from(table))
    ]
    if taken:
        raise click.ClickException(
            f"this installation is not empty ({', '.join(taken[:3])} ...); nothing was changed"
        )


def _has_another_order(found: Archive, name: str) -> bool:
    """Whether the rows were written by the database's columns: one that a migration added is the last there."""
    table, first = Base.metadata.tables.get(name), found.rows_of(name).readline()
    return table is not None and bool(first) and list(json.loads(first)) != table.columns.keys()


def _hashes_as_known(found: Archive, without: set[str]) -> dict[str, str]:
    """The hashes of what comes back, as an archive has them that is written where every plugin is loaded."""
    plugins = {*found.manifest["revisions"], *without}
    hashes = dict(found.hashes)
    for name in found.tables:
        if owner(name, plugins) in without:
            del hashes[table_member(name)]
        elif name in found.by_sqlite or _has_another_order(found, name):
            table, digest = Base.metadata.tables[name], hashlib.sha256()
            for values in typed(table, found.rows_of(name), by_sqlite=name in found.by_sqlite):
                digest.update(line(values))
            hashes[table_member(name)] = digest.hexdigest()
    return hashes
