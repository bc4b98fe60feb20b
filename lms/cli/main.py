"""The command group. Fixed commands and those of other distributions need no application; the rest come from one."""

import os
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo

from lms.contract.errors import PluginFault
from lms.platform.children import heed_signals
from lms.platform.private import keep_private
from lms.settings import SettingsFault, load_settings

FIXED = {
    "backup": "lms.cli.backup:backup",
    "db": "lms.cli.db:database",
    "doctor": "lms.cli.doctor:doctor",
    "plugins": "lms.cli.plugins:plugins",
    "restore": "lms.cli.restore:restore",
    "serve": "lms.cli.serve:serve",
    "worker": "lms.cli.worker:worker",
}
"""Where each command is. Only the one that is asked for is loaded: ``lms serve`` keeps what it has loaded."""


GROUP = "lms.commands"
"""Entry points by which another distribution, such as the demonstration, adds commands that need no application."""


class _Commands(click.Group):
    """Our commands first, then those of the application's domains and plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = set(super().list_commands(ctx)) | set(FIXED) | entry_points(group=GROUP).names
        try:
            names |= set(_app(ctx).cli.list_commands(ctx))
        except (SettingsFault, PluginFault) as fault:
            click.echo(f"(more commands once this is mended: {fault})", err=True)
        return sorted(names - {"run", "shell", "routes"})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in FIXED:
            module, _colon, attribute = FIXED[cmd_name].partition(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        for found in entry_points(group=GROUP, name=cmd_name):
            added: click.Command = found.load()
            return added
        return super().get_command(ctx, cmd_name) or _app(ctx).cli.get_command(ctx, cmd_name)


def _app(ctx: click.Context) -> Flask:
    from lms.app import create_app

    info = ctx.ensure_object(ScriptInfo)
    if info.create_app is None:
        file = (ctx.params or {}).get("settings")
        info.create_app = lambda: create_app(load_settings(file))
    return info.load_app()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--settings", type=click.Path(path_type=Path), help="File with NAME=value lines.")
@click.version_option(package_name="imbas")
def group(settings: Path | None) -> None:
    """Imbas: blended training of model schools and their imbas schools."""
    if settings:
        os.environ["LMS_SETTINGS_FILE"] = str(settings)


def main() -> None:
    """Run the command; a fault in settings or plugins is a list of sentences, not a traceback."""
    keep_private()
    heed_signals()
    try:
        group(obj=ScriptInfo(set_debug_flag=False))
    except (SettingsFault, PluginFault) as fault:
        for sentence in fault.faults:
            click.echo(f"lms: {sentence}", err=True)
        sys.exit(2)
