"""``lms office``: what must be there before anybody can sign in, and a way back in for a lost admin."""

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError

from lms.contract.actors import Role
from lms.contract.errors import ImbasError
from lms.contract.sentences import counted
from lms.people import api
from lms.people.auth.accounts import open_account
from lms.people.auth.second_factor import seal_anew, switch_off
from lms.people.directory.agencies import set_unit_code
from lms.people.directory.identifiers import is_region_code
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


@click.group("office")
def group() -> None:
    """Set up an agency and its first admin."""


@group.command()
@click.option("--name", prompt="Agency, as its letterhead says")
@click.option("--short-name", prompt="Short name")
@click.option("--kind", prompt=True, type=click.Choice(["lpmp", "bpmp", "bbpmp"]), default="bpmp")
@click.option("--city", prompt="City of its letters")
@click.option("--region-code", prompt="Region code (two digits)")
@click.option("--unit-code", prompt="Unit code in its letter numbers, such as B5.6")
@click.option("--timezone", prompt=True, type=click.Choice(ZONES), default=ZONES[0])
@click.option("--admin", prompt="Name of the first admin, without titles")
@click.option("--username", prompt="Username of the first admin")
@with_appcontext
def new(
    name: str,
    short_name: str,
    kind: str,
    city: str,
    region_code: str,
    unit_code: str,
    timezone: str,
    admin: str,
    username: str,
) -> None:
    """Create an agency and its first admin; show the one-time code to sign in with."""
    if not is_region_code(region_code):
        raise click.BadParameter("write region codes like 16")
    one_time, moment = api.new_one_time(platform().settings.key()), now()
    try:
        with write() as session:
            agency = api.create_agency(
                session,
                code=f"{kind}-{region_code}",
                name=name,
                short_name=short_name,
                kind=kind,
                city=city,
                region_code=region_code,
                timezone=timezone,
                unit_code=unit_code.strip(),
            )
            person = api.create_person(
                session, fields=api.PersonFields(full_name=admin), timezone=timezone, actor=None, now=moment
            )
            api.grant_role(
                session, person_id=person.id, role=Role.ADMIN, agency_id=agency.id, actor=None, now=moment
            )
            open_account(session, person_id=person.id, username=username, one_time=one_time, now=moment)
            _show_code(person.id)
    except ImbasError as error:
        raise click.ClickException(_why(error)) from None
    except IntegrityError:
        text = f"there is an agency {kind}-{region_code} already; its admin gets a new code with: lms office code"
        raise click.ClickException(text) from None


@group.command("unit-code")
@click.argument("agency")
@click.argument("unit_code")
@with_appcontext
def unit_code_of(agency: str, unit_code: str) -> None:
    """Say what stands for AGENCY (such as bpmp-16) in the numbers of its certificates."""
    try:
        with write() as session:
            set_unit_code(session, code=agency, unit_code=unit_code.strip(), now=now())
    except ImbasError as error:
        raise click.ClickException(_why(error)) from None
    click.echo(f"Certificates of {agency} carry {unit_code.strip()} from now on.")


@group.command("code")
@click.argument("username")
@with_appcontext
def new_code(username: str) -> None:
    """Give USERNAME a new one-time code and forget a lost second factor."""
    one_time, moment = api.new_one_time(platform().settings.key()), now()
    try:
        with write() as session:
            person = api.person_by_username(session, username)
            api.reset_password(session, person_id=person.id, one_time=one_time, actor=None, now=moment)
            if api.get_account(session, person.id).totp_confirmed_at is not None:
                switch_off(session, person_id=person.id, actor=None, now=moment)
            _show_code(person.id)
    except ImbasError as error:
        raise click.ClickException(_why(error)) from None


@group.command("seal")
@with_appcontext
def seal() -> None:
    """Seal the secrets of second factors under the present key: after an upgrade, or after a new key."""
    keys = platform().settings.keys()
    with write() as session:
        changed = seal_anew(session, keys=keys)
        left = api.seals(session, keys=keys).unreadable
    click.echo(f"Sealed anew under LMS_SECRET_KEY: {counted(changed, 'secret', 'secrets')}.")
    if left:
        raise click.ClickException(f"{len(left)} could not be read; lms doctor says what to do")


def _show_code(person_id: int) -> None:
    settings = platform().settings
    (card,) = api.cards(db.session(), [person_id], key=settings.key(), now=now())
    click.echo(f"Address:       {settings.public_url}/masuk")
    click.echo(f"Username:      {card.username}")
    click.echo(f"One-time code: {card.code[:4]} {card.code[4:]}   (until {card.until:%d.%m.%Y})")


def _why(error: ImbasError) -> str:
    return "; ".join(
        text.in_("en") for text in (*error.fields.values(), error.text)[: len(error.fields) or 1]
    )
