"""Whatever is sent, by whom, to which route: a sentence and a way on, never a fault of the server.

Every route x role x {numbers and words of the address, query, fields, files, headers, kind of body}, one odd value at
a time; forms are fetched from the pages, so that a request is right but for that value. Requests are carried out and
rolled back; those that were let in are then carried out for good, the pages behind them are opened, the worker does
its part, and the database is put back.

``make fuzz`` sends everything; ``make test`` a sample. Both print their seed and, of what fails, the number::

    LMS_FUZZ_SEED=4711 LMS_FUZZ_FROM=1234 make fuzz      # again, from there on
    LMS_FUZZ_CASES=200 make test TESTS=tests/fuzz         # a smaller sample
"""

import logging
import os
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.platform import transaction
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.fixtures import run_worker
from lms.testing.people import sign_in
from tests.atlas import Atlas
from tests.fuzz.cases import Case, cases_of
from tests.fuzz.snapshots import Snapshot
from tests.fuzz.survey import survey
from tests.inhabitants import Province

SAMPLE = 1500
"""Requests of a sample on each database."""
SAMPLED_ROLES = 3
"""Roles that send a sample; which ones the seed decides. To survey the pages of all takes longer than to send it."""
FOR_GOOD = 60
"""Every so many requests that were let in, the database is put back."""
NOBODY = ""
ENDINGS = ("/keluar", "/sandi", "/tutup", "/akhiri", "/hapus-data", "/kode-masuk")
"""They end somebody's sign-in: carried out and rolled back, but not for good, since others still ask as that person."""
AS_IT_IS = "form as it is"
_MAIN = re.compile(r"<main.*?</main>", re.DOTALL)


class _Undone(Exception):
    pass


@contextmanager
def _dry() -> Iterator[Session]:
    """Carried out to the end, then rolled back."""
    try:
        with write() as session:
            yield session
            session.flush()
            raise _Undone
    except _Undone:
        return


@contextmanager
def _rolled_back() -> Iterator[None]:
    """No command of the web leaves a trace, meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if (
                name.startswith("lms.web") or (name.startswith("lms.people.") and ".views." in name)
            ) and vars(module).get("write") is transaction.write:
                patch.setattr(module, "write", _dry)
        yield


class Faults(dict[str, str]):
    """By kind the first request that showed it, told at once: a long run may be stopped."""

    def add(self, kind: str, told: str) -> None:
        """Keep and print the first of a kind."""
        if kind not in self:
            self[kind] = told
            print(told)


@dataclass
class Errors(logging.Handler):
    """What was logged as an error."""

    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())

    __hash__ = logging.Handler.__hash__


@pytest.mark.modules
@pytest.mark.slow
def test_whatever_is_sent_there_is_a_sentence_and_a_way_on(
    site_both: Flask,
    province_both: Province,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR, logger="lms.security")  # thousands are refused
    seed = int(os.environ.get("LMS_FUZZ_SEED") or random.SystemRandom().randrange(10**6))
    wanted = os.environ.get("LMS_FUZZ_CASES") or str(SAMPLE)
    chance = random.Random(seed)
    people = {role.value: person_id for role, person_id in sorted(province_both.own.people.items())}
    if wanted != "all":
        people = {role: people[role] for role in chance.sample(list(people), SAMPLED_ROLES)}
    browsers: dict[str, FlaskClient] = {NOBODY: site_both.test_client()}
    browsers |= {role: sign_in(site_both, person_id) for role, person_id in people.items()}
    begun = time.monotonic()
    cases = list(_all_cases(site_both, province_both, people, browsers))
    total = len(cases)
    _filled_as_people_would(browsers, [case for case in cases if case.what == AS_IT_IS])
    chance.shuffle(cases)
    cases = cases if wanted == "all" else cases[: int(wanted)]
    first = int(os.environ.get("LMS_FUZZ_FROM") or 0)
    with capsys.disabled():
        name = db.engine.dialect.name
        print(
            f"\nfuzz on {name}: LMS_FUZZ_SEED={seed}, {len(cases)} of {total} requests, from {first}, survey {time.monotonic() - begun:.0f} s"
        )
        faults, statuses, sent = _send(site_both, cases, first, browsers)
        shown = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        print(f"fuzz on {name}: {sent} requests sent; {shown}; {len(faults)} kinds of fault")
    assert not faults, f"LMS_FUZZ_SEED={seed}\n" + "\n\n".join(faults.values())


def _all_cases(
    app: Flask, province: Province, people: dict[str, int], browsers: dict[str, FlaskClient]
) -> Iterator[Case]:
    atlas = Atlas(db.session(), province, {})
    known_forms: set[object] = set()
    with _rolled_back():
        for role, browser in browsers.items():
            found = survey(app, atlas, role, people.get(role, 0), browser)
            yield from cases_of(app, role, found, known_forms)
    db.session.rollback()


def _filled_as_people_would(browsers: dict[str, FlaskClient], cases: list[Case]) -> None:
    """Without an odd value most forms are let in; else nothing behind the first check would be tried.

    Some are not: plans under review may not be changed, nobody may end their own role, a file is missing.
    """
    with _rolled_back():
        answers = [(case, _open(browsers[case.role], case)) for case in cases]
    refused = [
        _line(case) for case, answer in answers if answer.status_code >= 400 or _sent_away(case, answer)
    ]
    assert len(refused) <= len(cases) / 3, refused


def _send(
    app: Flask, cases: list[Case], first: int, browsers: dict[str, FlaskClient]
) -> tuple[Faults, Counter[int], int]:
    """Faults by kind, each with the first request that showed it; how often each status came; all requests."""
    faults = Faults()
    statuses: Counter[int] = Counter()
    errors, let_in, begun, sent = Errors(), list[tuple[int, Case]](), time.monotonic(), 0
    snapshot = Snapshot()
    logging.getLogger().addHandler(errors)
    try:
        for number, case in enumerate(cases[first:], start=first):
            sent += 1
            with _rolled_back():
                answer = _try(browsers, number, case, errors, faults)
                if answer is not None and (fault := _sent_away(case, answer)):
                    faults.add(
                        f"{fault} {case.path.partition('?')[0]}", f"#{number} {_line(case)}\n  {fault}"
                    )
            if answer is not None:
                statuses[answer.status_code] += 1
                if case.method != "GET" and answer.status_code < 400 and not case.path.endswith(ENDINGS):
                    let_in.append((number, case))
            if len(let_in) == FOR_GOOD or number == len(cases) - 1:
                sent += _for_good(app, let_in, browsers, errors, faults, snapshot)
                snapshot.restore()
                let_in.clear()
            if number % 5000 == 4999:
                print(
                    f"  {number} of {len(cases)}, {time.monotonic() - begun:.0f} s, {len(faults)} kinds of fault"
                )
    finally:
        logging.getLogger().removeHandler(errors)
        snapshot.drop()
    return faults, statuses, sent


def _for_good(
    app: Flask,
    let_in: list[tuple[int, Case]],
    browsers: dict[str, FlaskClient],
    errors: Errors,
    faults: Faults,
    snapshot: Snapshot,
) -> int:
    """Store what was let in, open the pages behind it, and let the worker do its part."""
    sent = 0
    for number, case in let_in:
        answer = _try(browsers, number, case, errors, faults)
        if answer is not None and _sent_away(
            case, answer
        ):  # by a new code, or an account closed, just before
            snapshot.restore()
            answer = _try(browsers, number, case, errors, faults)
        behind = [case.page, answer.headers.get("Location", "") if answer else ""]
        for page in filter(None, behind):
            _try(
                browsers,
                number,
                Case(case.role, "GET", page, f"the page behind {case.path} {case.what}"),
                errors,
                faults,
            )
        sent += 1 + len(behind)
    if let_in:
        run_worker(app)
        _note(faults, errors, let_in[-1][0], let_in[-1][1], "the worker's part")
    return sent


def _open(browser: FlaskClient, case: Case) -> TestResponse:
    """Who signs out, or changes a password, is there again for the next request."""
    cookies = dict(browser._cookies or {})
    try:
        return browser.open(
            case.path,
            method=case.method,
            data=case.body,
            content_type=case.content_type or None,
            headers=[(name, value.encode().decode("latin-1")) for name, value in case.headers],
        )
    finally:
        browser._cookies = cookies


def _try(
    browsers: dict[str, FlaskClient], number: int, case: Case, errors: Errors, faults: Faults
) -> TestResponse | None:
    browser = browsers[case.role]
    try:
        answer = _open(browser, case)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        own = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if "site-packages" not in frame.filename
        ]
        places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in own[:-4:-1])
        kind = f"{type(error).__name__} at {where.filename}:{where.lineno} {places}"
        faults.add(kind, f"#{number} {_line(case)}\n  {kind}: {str(error)[:300]}")
        errors.found.clear()
        db.session.rollback()
        return None
    with answer:
        fault = _fault_of(answer)
        if fault:
            faults.add(f"{fault} {case.path.partition('?')[0]}", f"#{number} {_line(case)}\n  {fault}")
    _note(faults, errors, number, case, "was logged")
    return answer


def _note(faults: Faults, errors: Errors, number: int, case: Case, what: str) -> None:
    for message in errors.found:
        faults.add(re.sub(r"\d+", "N", message), f"#{number} {_line(case)}\n  {what}: {message[:500]}")
    errors.found.clear()


def _fault_of(answer: TestResponse) -> str:
    """Why an answer is none that a person can go on from."""
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    if answer.status_code >= 400 and answer.mimetype == "text/html":
        main = _MAIN.search(answer.get_data(as_text=True))
        if not main or ("<a " not in main.group() and "<form " not in main.group()):
            return f"status {answer.status_code} without a way on"
    return ""


def _sent_away(case: Case, answer: TestResponse) -> str:
    """Who is signed in stays so, else the rest would be asked as nobody."""
    leaves = "Cookie" in case.what or case.path.startswith(("/keluar", "/masuk", "/akun/saya"))
    to_sign_in = answer.headers.get("Location", "").startswith("/masuk")
    return "sent to the sign-in page" if case.role and to_sign_in and not leaves else ""


def _line(case: Case) -> str:
    body = case.body if len(case.body) < 300 else case.body[:300] + b"..."
    return f"{case.role or 'nobody'} {case.method} {case.path[:200]} [{case.what}] {body!r}"
