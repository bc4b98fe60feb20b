"""Guessing at a password (goal R12): how many guesses are checked, what time tells, whether the owner enters."""

import time
from itertools import count
from statistics import median

import click
from imbas_demo.cast import PASSWORD
from sqlalchemy import select

from bench import report
from bench.http_client import Page, Phone, Refused
from bench.installation import Site, running
from bench.load_generator import closed_loop
from lms.people.auth.models import Account, SignInFailure
from lms.platform.db import db

CHECKED, APART = 20, 5.0
"""Guesses that may be checked; milliseconds that a known name may differ from an unknown one."""
_CLIENTS = 8
_WRONG, _TOO_EARLY = 422, 429


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--guesses", "tries", default=10_000, show_default=True)
@click.option("--addresses", default=100, show_default=True)
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def guesses(database: str, tries: int, addresses: int, port: int | None) -> None:
    """Guess at one account from many addresses."""
    with running(database, schools=10, port=port) as site:
        victim = "s0001.guru1"
        own = Phone(site.port, "10.9.9.9")
        came_in = [_enter(own, victim, PASSWORD)]
        began = time.monotonic()
        answers = _guess(site, victim, tries, addresses)
        seconds = time.monotonic() - began
        own.address = "10.8.8.8"  # the owner's phone in another network
        came_in.append(_enter(own, victim, PASSWORD))
        came_in.append(
            _enter(Phone(site.port, "10.9.9.9"), victim, PASSWORD)
        )  # another phone in the known one
        apart = _apart(site)
        _report(site, answers, seconds, came_in, apart, addresses)


def _enter(phone: Phone, username: str, password: str, form: Page | None = None) -> int:
    """The status of a press of the sign-in form: 303 is in."""
    form = form or phone.get("/masuk")
    if form.status == 303:  # a phone that is in is led home
        phone.cookies.pop("imbas")
        form = phone.get("/masuk")
    try:
        entry = {"username": username, "password": password, "next": "/"}
        return phone.post("/masuk", entry, form=form).status
    except Refused as refusal:
        return refusal.status


def _guess(site: Site, victim: str, tries: int, addresses: int) -> list[int]:
    """The answers to ``tries`` guesses; the guessers take turns."""
    answers: list[int] = []
    share = tries // addresses

    def guesser(number: int) -> None:
        phone = Phone(site.port, f"10.1.{number >> 8}.{number & 255}")
        form = phone.get("/masuk")
        answers.extend(_enter(phone, victim, f"tebakan {number} {guess}", form) for guess in range(share))
        phone.close()

    visits = [lambda number=number: guesser(number) for number in range(addresses)]
    closed_loop(visits, clients=_CLIENTS)
    return answers


def _apart(site: Site) -> float:
    """Milliseconds between the medians for names that exist and names that do not, asked in turns."""
    with site.app.app_context():
        known = db.session.scalars(select(Account.username).where(Account.username.like("s____.guru%"))).all()
        db.session.remove()
    numbers, times = count(1), dict[bool, list[float]]({True: [], False: []})
    for username in known:
        for exists in (True, False):
            number = next(numbers)
            phone = Phone(site.port, f"10.2.{number >> 8}.{number & 255}")
            form = phone.get("/masuk")
            began = time.perf_counter()
            status = _enter(phone, username if exists else f"x{username}", "salah sekali", form)
            if status == _WRONG:
                times[exists].append(time.perf_counter() - began)
            phone.close()
    return abs(median(times[True]) - median(times[False])) * 1000


def _counted(site: Site) -> int:
    """The largest count of tries at one account, as the throttle's own row has it."""
    with site.app.app_context():
        rows = db.session.scalars(select(SignInFailure.count).where(SignInFailure.kind == "account")).all()
        db.session.remove()
    return max(rows, default=0)


def _report(
    site: Site, answers: list[int], seconds: float, came_in: list[int], apart: float, addresses: int
) -> None:
    checked, counted = answers.count(_WRONG), _counted(site)
    strange = len(answers) - checked - answers.count(_TOO_EARLY)
    print(f"\n### {len(answers)} guesses at one account from {addresses} addresses, {site.database}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    entered = came_in == [303] * len(came_in)
    lines = [
        ("guesses that were checked", str(checked), f"<= {CHECKED}", report.verdict(checked, CHECKED)),
        ("tries in the account's row", str(counted), f"<= {CHECKED}", report.verdict(counted, CHECKED)),
        ("answers other than wrong or too early", str(strange), "0", report.verdict(strange, 0)),
        (
            "a known and an unknown name apart, ms",
            f"{apart:.1f}",
            f"< {APART:.0f}",
            report.verdict(apart, APART),
        ),
        (
            "the owner enters before, after, and on a new phone",
            "yes" if entered else f"NO {came_in}",
            "yes",
            "holds" if entered else "MISSED",
        ),
        ("seconds", f"{seconds:.0f}", "", ""),
    ]
    print("\n" + report.table(("figure", "measured", "goal", ""), lines))
