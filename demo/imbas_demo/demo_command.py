"""``lms demo``: everything on one machine, with the programme of the six schools, in one command."""

import json
import shutil
import signal
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import func, inspect, select

from imbas_demo.demo_settings import write_settings
from imbas_demo.processes import Crew
from imbas_demo.story import STORY_BEGINS, STORY_MIDDLE, Account, play
from lms.app import create_app
from lms.platform import children, migrate
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db
from lms.platform.private import write_whole
from lms.programmes import api as programmes
from lms.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("var"), show_default=True
)
@click.option(
    "--fresh", is_flag=True, help="Throw the demo's data away and start at the beginning of the story."
)
@click.option("--parent", type=int, hidden=True, help="Stop once the process that started it is gone.")
def demo(port: int, data: Path, fresh: bool, parent: int | None) -> None:
    """Start web, worker and broker with the programme of the six schools. Ctrl-C stops all."""
    if parent:
        children.end_with(parent)
    data = data.resolve()
    _refuse_taken_port(port)
    note = data / "demo.json"
    known = _read(note, fresh=fresh)
    begins = fresh or known.get("fresh", False)
    if fresh or known.get("accounts") == []:  # a first start that was cut off
        _forget(data)
        known = {}
    start = STORY_BEGINS if begins else STORY_MIDDLE
    offset = known.get("clock_offset_seconds", int((start - datetime.now(UTC)).total_seconds()))
    settings = _settings(data, port, offset)
    about = {"url": settings.public_url, "clock_offset_seconds": offset, "fresh": begins}
    accounts = known.get("accounts", [])
    app = create_app(settings)
    with app.app_context():
        _refuse_what_is_no_demo(data, known=known)
        # from now on the folder is known as a demo's, even when what follows is cut off
        _write(note, about, accounts)
        write_settings(settings)
        migrate.upgrade(db.engine, platform(app).components)
        if not accounts:
            accounts = _tell_story(app, until=start)
            _write(note, about, accounts)
        db.session.remove()
        db.engine.dispose()
    crew = Crew(settings)
    for number in children.STOPS:
        signal.signal(number, crew.ask_to_stop)
    try:
        crew.start()
        crew.wait_until_ready()
        _welcome(settings, accounts, data)
        crew.watch()
    finally:
        crew.stop()


def _refuse_what_is_no_demo(data: Path, *, known: Mapping[str, Any]) -> None:
    if known or not inspect(db.engine).has_table(AuditEntry.__tablename__):
        return
    if db.session.scalar(select(func.count()).select_from(AuditEntry)):
        raise click.ClickException(
            f"{data} holds an installation that is not a demo; nothing was changed. "
            "Choose another folder: --data"
        )
    db.session.rollback()


def _tell_story(app: Flask, *, until: datetime) -> list[dict[str, str]]:
    """Fill the empty database; the sign-ins to show."""
    click.echo("Loading the programme of the six schools ...")
    try:
        return [_plain(account) for account in play(app, until=until)]
    except programmes.DefinitionFault as fault:
        raise click.ClickException(
            f"The programme does not fit what is installed; its modules: pip install ./plugins/*\n{fault}"
        ) from None


def _read(note: Path, *, fresh: bool) -> dict[str, Any]:
    """What an earlier start wrote down; nothing before the first. Raises ClickException when it is garbled."""
    if not note.exists():
        return {}
    try:
        return dict(json.loads(note.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        if fresh:
            return {"accounts": []}
        raise click.ClickException(f"{note} cannot be read; start anew: lms demo --fresh") from None


def _write(note: Path, about: Mapping[str, Any], accounts: list[dict[str, str]]) -> None:
    note.parent.mkdir(parents=True, exist_ok=True)
    write_whole(note, json.dumps({**about, "accounts": accounts}, indent=1, ensure_ascii=False) + "\n")


def _plain(account: Account) -> dict[str, str]:
    return {
        "role": account.role,
        "name": account.name,
        "username": account.username,
        "password": account.password,
        "place": account.place,
    }


def _settings(data: Path, port: int, offset: int) -> Settings:
    return Settings(
        data=data,
        environment="demo",
        clock_offset_seconds=offset,
        public_url=f"http://127.0.0.1:{port}",
        require_totp=False,
        log_level="WARNING",
    )


def _welcome(settings: Settings, accounts: list[dict[str, str]], data: Path) -> None:
    click.echo(f"\nImbas is ready: {settings.public_url}\n")
    width = max(len(account["username"]) for account in accounts)
    for account in accounts:
        click.echo(
            f"  {account['role']:18} {account['username']:{width}}  {account['password']}   {account['place']}"
        )
    click.echo(f"\nAlso in {data / 'demo.json'}. Another command: lms --settings {data / 'settings'} doctor")
    click.echo("Ctrl-C stops everything.")


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(f"port {port} is in use; choose another: --port {port + 1}") from None


def _forget(data: Path) -> None:
    if data.exists() and any(data.iterdir()):
        if not (data / "demo.json").exists():
            raise click.ClickException(f"{data} holds something that is not a demo; nothing was removed")
        shutil.rmtree(data)
