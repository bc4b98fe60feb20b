"""``lms plugins``: see, check, start and remove plugins."""

import shutil
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from lms.app import create_app, load_plugins
from lms.cli.job_log import closed
from lms.contract.errors import PluginFault
from lms.contract.sentences import counted
from lms.evidence import api as evidence
from lms.platform import migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.plugin_validation.card import name_fault
from lms.platform.plugins import GROUP
from lms.platform.storage import storage
from lms.platform.storage_check import keys_of_core
from lms.platform.transaction import write
from lms.settings import load_settings


@click.group()
def plugins() -> None:
    """See, check, start and remove plugins."""


@plugins.command("list")
def list_plugins() -> None:
    """Show what is installed and what each plugin brings."""
    registry = platform(create_app()).plugins.registry
    for name, info in registry.plugins.items():
        brings = [
            f"{count} {what}"
            for what, keys in (
                ("module types", registry.module_types),
                ("item types", registry.item_types),
                ("deliverables", registry.deliverables),
                ("rubrics", registry.rubrics),
                ("completion rules", registry.completion_rules),
                ("tasks", registry.tasks),
                ("sections", registry.sections),
            )
            if (count := sum(key == name or key.startswith(f"{name}.") for key in keys))
        ]
        click.echo(f"{name:24} {info.version:10} API {info.api:12} {', '.join(brings)}")
    if not registry.plugins:
        click.echo("no plugins are installed")


@plugins.command()
def check() -> None:
    """Load every plugin and list all faults, without starting anything."""
    try:
        manager = load_plugins(off=load_settings().plugins_left_out)
    except PluginFault as fault:
        for sentence in fault.faults:
            click.echo(sentence)
        raise SystemExit(1) from None
    click.echo(f"{counted(len(manager.names), 'plugin', 'plugins')}, no fault")


@plugins.command()
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), default=Path())
def new(name: str, folder: Path) -> None:
    """Write a new plugin NAME that already passes its own test."""
    if not name.isidentifier() or name != name.lower():
        raise click.BadParameter("lower case letters, digits and underscores")
    target = folder / name
    if target.exists():
        raise click.BadParameter(f"{target} is already there")
    words = {"name": name, "distribution": f"imbas-{name.replace('_', '-')}", "title": name.replace("_", " ")}
    skeleton = files("lms.cli") / "skeleton"
    for entry, destination in (
        ("pyproject.toml", target / "pyproject.toml"),
        ("README.md", target / "README.md"),
        ("plugin.py", target / f"imbas_{name}" / "plugin.py"),
        ("i18n.py", target / f"imbas_{name}" / "i18n.py"),
        ("init.py", target / f"imbas_{name}" / "__init__.py"),
        ("test_plugin.py", target / "tests" / "test_plugin.py"),
        ("conftest.py", target / "tests" / "conftest.py"),
    ):
        destination.parent.mkdir(parents=True, exist_ok=True)
        text = (skeleton / f"{entry}.txt").read_text(encoding="utf-8")
        destination.write_text(Template(text).substitute(words), encoding="utf-8")
    click.echo(f"{target}: now run  pip install -e {target}  and  pytest {target}")


@plugins.command()
@click.argument("name")
@click.confirmation_option(
    prompt="This drops the plugin's tables with all their rows, and removes its files. Go on?"
)
def purge(name: str) -> None:
    """Drop the tables of a plugin that is no longer installed, and remove its files."""
    if fault := name_fault(name):
        raise click.UsageError(fault)
    app = create_app()
    if name in platform(app).plugins.names or name in entry_points(group=GROUP).names:
        raise click.UsageError(f"{name} is still installed, on or off; uninstall it first")
    with app.app_context(), closed():
        gone = migrate.purge(db.engine, name)
        static = platform(app).settings.data / "static" / name
        if not gone.tables and not static.exists():
            raise click.ClickException(
                f"there is nothing of a plugin {name}: no table, no file; nothing was changed"
            )
        for table in gone.tables:
            click.echo(f"dropped {table}")
        with write() as session:
            sent = evidence.purge_form_files(session, name)
        removed = _remove(gone.files | sent)
        shutil.rmtree(static, ignore_errors=True)
        click.echo(f"removed {removed} files")


def _remove(keys: frozenset[str]) -> int:
    """Remove stored files, but none that the core's own rows name, too; how many."""
    doomed = [key for key in sorted(keys - keys_of_core()) if storage().exists(key)]
    for key in doomed:
        storage().delete(key)
    return len(doomed)
