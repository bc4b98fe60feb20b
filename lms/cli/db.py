"""``lms db``: the schema of the core and of every plugin."""

import click
from flask import Flask

from lms.app import create_app, load_plugins
from lms.platform import migrate, schema
from lms.platform.application import platform
from lms.platform.db import db
from lms.settings import load_settings


@click.group("db")
def database() -> None:
    """Create and upgrade the database."""


@database.command()
def upgrade() -> None:
    """Bring core and plugins to their newest schema."""
    app = _app()
    with app.app_context():
        migrate.upgrade(db.engine, _parts(app))
        _show(app)
        db.engine.dispose()


@database.command()
def current() -> None:
    """Show where each component stands."""
    app = _app()
    with app.app_context():
        _show(app)
        db.engine.dispose()


@database.command()
def check() -> None:
    """Fail when models and migrations differ, or when something was not upgraded."""
    app = _app()
    with app.app_context():
        late = [part.name for part in schema.status(db.engine, _parts(app)) if not part.at_head]
        found = {part.name: migrate.differences(db.engine, part) for part in _parts(app)}
        db.engine.dispose()
    for name in late:
        click.echo(f"{name}: not at head; run: lms db upgrade")
    for name, differences in found.items():
        for difference in differences:
            click.echo(f"{name}: {difference}")
    if late or any(found.values()):
        raise SystemExit(1)
    click.echo("models and migrations agree")


@database.command()
@click.argument("component")
@click.argument("target", default="-1")
def downgrade(component: str, target: str) -> None:
    """Take one component back to TARGET (a revision, -1 or base)."""
    app = _app()
    with app.app_context():
        migrate.downgrade(db.engine, _part(app, component), target)
        db.engine.dispose()


@database.command()
@click.option("--plugin", "component", default=schema.CORE, help="Whose tables; default the core's.")
@click.option("--message", "-m", required=True)
def revision(component: str, message: str) -> None:
    """Write a migration from what the models have and the database has not."""
    app = _app()
    with app.app_context():
        migrate.revision(db.engine, _part(app, component), message)
        db.engine.dispose()


def _app() -> Flask:
    """The application, also while the migration of a plugin's table is still to be written."""
    settings = load_settings()
    return create_app(settings, plugins=load_plugins(off=settings.plugins_left_out, migrating=True))


def _parts(app: Flask) -> tuple[schema.Component, ...]:
    return platform(app).components


def _part(app: Flask, name: str) -> schema.Component:
    for part in _parts(app):
        if part.name == name:
            return part
    raise click.BadParameter(f"no component {name}; known: {', '.join(part.name for part in _parts(app))}")


def _show(app: Flask) -> None:
    for part in schema.status(db.engine, _parts(app)):
        state = "at head" if part.at_head else f"behind head {part.head}"
        click.echo(f"{part.name:24} {part.current or 'empty':24} {state}")
