"""Hostile and largest files: what each costs the child that reads it, and what everybody else feels meanwhile."""

import base64
import http.client
import re
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from itertools import cycle
from random import Random

import click

from bench import report
from bench.http_client import Phone
from bench.installation import Site, running
from bench.load_generator import by_timetable
from bench.report import Times, percentile, table, verdict
from bench.teachers import Attendance, batches, paper, teachers
from bench.upload import desk
from lms.contract.files import FILE_KINDS
from lms.evidence.file_validation import kind_of
from lms.platform.isolated import FULL, QUICK, SMALL, Outcome, run_child
from lms.testing.hostile import HOSTILE, LARGEST

FELT = 0.05
"""Seconds: p99 of ``/livez`` and of a saved answer while files are read."""
SECONDS, MEGABYTES = 5.0, 300.0
_SAVES_A_SECOND = 20
_LOOKS_A_SECOND = 10
_HANDS = 8
_EXAMINE = "lms.evidence.file_contents:examine"


@click.command("files")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--senders", default=4, show_default=True, help="Clients that send such files without a pause.")
@click.option("--seconds", default=60, show_default=True, help="Of sending, while answers are saved.")
@click.option("--kinds/--no-kinds", default=True, show_default=True, help="What each kind costs, first.")
@click.option("--port", type=int, help="Port of the pages; default: a free one.")
def hostile_files(database: str, senders: int, seconds: int, kinds: bool, port: int | None) -> None:
    """Hostile and largest files: their price, and /livez and saved answers meanwhile."""
    made = [Sent(what, *_made(*entry)) for group in (HOSTILE, LARGEST) for what, entry in group.items()]
    if kinds:
        _report_kinds(made)
    with running(database, schools=20, port=port) as site:
        quiet = _felt(site, [], seconds=max(10, seconds // 4))
        answers = Counter[str]()
        busy = _felt(site, _senders(site, made, senders, answers), seconds=seconds)
        _report(site, quiet, busy, answers, senders)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file to send."""

    what: str
    name: str
    body: bytes


def _made(name: str, make: object) -> tuple[str, bytes]:
    assert callable(make)
    return name, make()


def _report_kinds(files: list[Sent]) -> None:
    """Seconds, processor and memory for each, tried within QUICK first where it is small."""
    lines = []
    for file in files:
        runs = _examined(file)
        last, seconds, peak = runs[-1], sum(run.seconds for run in runs), max(run.peak for run in runs)
        said = (
            "taken"
            if "result" in last.answer
            else "refused"
            if "refusal" in last.answer
            else last.answer["outgrown"]
        )
        wanted = ("taken",) if file.what in LARGEST else ("refused", "time", "memory")
        holds = said in wanted and all(run.seconds <= SECONDS + 0.3 for run in runs) and peak <= MEGABYTES
        lines.append(
            (
                file.what,
                f"{len(file.body) / 1000:.0f}",
                f"{seconds:.2f}",
                f"{sum(run.cpu for run in runs):.2f}",
                f"{peak:.0f}",
                said,
                "holds" if holds else "MISSED",
            )
        )
    print("\n### Hostile and largest files, each by itself\n")
    print(table(("file", "kB", "seconds", "of a processor", "MB at most", "answer", ""), lines))


def _examined(file: Sent) -> list[Outcome]:
    kind = kind_of(file.name, frozenset(FILE_KINDS)).name
    runs: list[Outcome] = []
    with tempfile.TemporaryFile() as copy:
        copy.write(file.body)
        for limits in (QUICK, FULL) if len(file.body) <= SMALL else (FULL,):
            copy.seek(0)
            runs.append(run_child(_EXAMINE, copy, (kind, file.name), limits))
            if "outgrown" not in runs[-1].answer:
                break
    return runs


def _felt(site: Site, senders: "list[Sender]", *, seconds: int) -> Times:
    """Saved answers and ``/livez`` by the clock, while ``senders`` send."""
    times, work = Times(), paper(site.app)
    people = teachers(site.app, work.quiz_id, count=_HANDS)
    attending = [
        Attendance(Phone(site.port, person.address), person, work.quiz_id, Times()) for person in people
    ]
    attempts = []
    for one in attending:
        one.sign_in()
        attempts.append(one.start())
    parts = list(batches(work.answers, 20))

    def save(number: int) -> None:
        who = number % _HANDS
        began = time.monotonic()
        attending[who].phone.save(f"/kuis/kerja/{attempts[who]}/jawaban", Random(number).choice(parts))
        times.add("saved answer", time.monotonic() - began)

    watch = threading.local()

    def look() -> None:
        phone = watch.__dict__.setdefault("phone", Phone(site.port, "10.9.9.9"))
        began = time.monotonic()
        phone.get("/livez")
        times.add("/livez", time.monotonic() - began)

    saves = [
        (number / _SAVES_A_SECOND, lambda number=number: save(number))
        for number in range(seconds * _SAVES_A_SECOND)
    ]
    looks = [(number / _LOOKS_A_SECOND, look) for number in range(seconds * _LOOKS_A_SECOND)]
    for sender in senders:
        sender.start()
    by_timetable([*saves, *looks], hands=_HANDS)
    for sender in senders:
        sender.stop()
    return times


def _senders(site: Site, files: list[Sent], count: int, answers: "Counter[str]") -> "list[Sender]":
    found = []
    for number in range(count):
        path, cookie, submission_id = desk(site, "pdf", number=number)
        order = Random(number).sample(files, len(files))
        found.append(Sender(site.port, path, cookie, submission_id, order, answers))
    return found


@dataclass(slots=True)
class Sender:
    """One client that sends one file after the other, each with its beginning (tus, creation-with-upload)."""

    port: int
    path: str
    cookie: str
    submission_id: int
    files: list[Sent]
    answers: "Counter[str]"
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin sending."""
        self._thread = threading.Thread(target=self._send_all, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send no further file, and wait for the answer to the last one."""
        self._over.set()
        assert self._thread
        self._thread.join()

    def _send_all(self) -> None:
        token = self._token()
        for file in cycle(self.files):
            if self._over.is_set():
                return
            self.answers[str(self._send(file, token))] += 1

    def _send(self, file: Sent, token: str) -> int:
        name = base64.b64encode(file.name.encode()).decode()
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(file.body)),
            "Upload-Metadata": f"filename {name}",
            "Content-Type": "application/offset+octet-stream",
            "X-CSRFToken": token,
            "Accept": "application/json",
        }
        return self._ask("POST", f"/bukti/{self.submission_id}/kiriman", headers, file.body)[0]

    def _token(self) -> str:
        found = re.search(
            r'name="csrf_token" value="([^"]+)"', self._ask("GET", self.path, {}, b"")[1].decode()
        )
        assert found
        return found[1]

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(
                method,
                path,
                body,
                {"Cookie": f"imbas={self.cookie}", "X-Forwarded-For": "10.8.8.8", **headers},
            )
            answer = line.getresponse()
            given = SimpleCookie(answer.headers.get("Set-Cookie", ""))
            self.cookie = given["imbas"].value if "imbas" in given else self.cookie
            return answer.status, answer.read()
        except OSError:  # refused before the body was sent
            return 0, b""
        finally:
            line.close()


def _report(site: Site, quiet: Times, busy: Times, answers: "Counter[str]", senders: int) -> None:
    print(f"\n### While {senders} clients send such files, {site.database}\n")
    print(report.circumstances(site.app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = []
    for step in ("/livez", "saved answer"):
        before, during = (percentile(times.steps[step], 99) for times in (quiet, busy))
        half = percentile(busy.steps[step], 50)
        lines.append(
            (
                step,
                f"{before * 1000:.0f}",
                f"{half * 1000:.0f}",
                f"{during * 1000:.0f}",
                f"<= {FELT * 1000:.0f}",
                verdict(during, FELT),
            )
        )
    print("\n" + table(("", "p99 before, ms", "p50 meanwhile", "p99 meanwhile", "goal", ""), lines))
    told = ", ".join(f"{status}: {count}" for status, count in sorted(answers.items()))
    print(
        f"\nAnswers to files (0: hung up before the body was read): {told}. Faults: {busy.faults[:3] or 'none'}"
    )
