"""People who write while parts of the server are killed, each with a log of what the server acknowledged.

A writer presses again until the server answers: the same form with the same key, as a phone does. What
was acknowledged must be in the database afterwards, once.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random

from bench.http_client import Page, Phone, Refused
from bench.teachers import Paper

PATIENCE = 180.0
"""Seconds for which a writer tries again."""
PAUSE = 0.2
ANSWERS_LOST = 0.1
"""Share of forms whose first answer is lost on the way; the next press may meet the first one still at work."""
_BOARD, _PLANS = "/m/spmi_documents", "/m/lesson_planning"
_numbers = count(1)
Key = tuple[int | str, ...]
"""The key of a row."""


@dataclass(slots=True)
class Log:
    """What was acknowledged. Threads append; appending is atomic."""

    added: dict[str, list[str]] = field(default_factory=dict)
    """Texts by kind: each must be there once."""
    changed: dict[str, dict[Key, tuple[object, int]]] = field(default_factory=dict)
    """By kind and row: the last text, and how many changes of the row were acknowledged."""
    acknowledged: Counter[str] = field(default_factory=Counter)
    repeated: list[int] = field(default_factory=list)
    """Presses beyond the first, for each write that needed some."""
    answers_lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, kind: str, text: str) -> None:
        """A new row was acknowledged."""
        self.added.setdefault(kind, []).append(text)
        self.acknowledged[kind] += 1

    def change(self, kind: str, row: Key, value: object) -> None:
        """A change of a row was acknowledged; each row has one writer."""
        rows = self.changed.setdefault(kind, {})
        rows[row] = (value, rows.get(row, (None, 0))[1] + 1)
        self.acknowledged[kind] += 1


@dataclass(slots=True)
class Hand:
    """One person's phone, pressed again until the server has answered."""

    phone: Phone
    log: Log
    luck: Random = field(default_factory=Random)

    def open(self, path: str) -> Page:
        """A page."""
        return self._again(lambda: self.phone.get(path))[0]

    def send(self, path: str, fields: Mapping[str, object], form: Page | None = None) -> Page:
        """A form; its key stays the same at every press."""
        if self.luck.random() < ANSWERS_LOST:
            self.phone.deaf = True
            with suppress(Refused, OSError):
                self.phone.post(path, fields, form=form)
            self.phone.deaf = False
            self.log.answers_lost.append(path)
        page, presses = self._again(lambda: self.phone.post(path, fields, form=form))
        if presses > 1:
            self.log.repeated.append(presses - 1)
        return page

    def _again(self, act: Callable[[], Page]) -> tuple[Page, int]:
        end = time.monotonic() + PATIENCE
        for presses in count(1):
            try:
                return act(), presses
            except (Refused, OSError) as fault:
                self.phone.close()
                if (isinstance(fault, Refused) and 400 <= fault.status < 500) or time.monotonic() > end:
                    raise
                time.sleep(PAUSE)
        raise AssertionError


def take_quiz(who: Hand, paper: Paper) -> None:
    """Every question answered by itself, as the script saves them, and handed in."""
    intro = who.open(f"/kuis/{paper.quiz_id}")
    where = who.send(f"/kuis/{paper.quiz_id}/mulai", {}, intro).headers["location"]
    attempt = int(where.split("/")[-2])
    who.phone.token = who.open(where).find(rb'name="csrf_token" value="([^"]*)"').decode()
    for item_id, fields, value in zip(paper.item_ids, paper.answers, paper.values, strict=True):
        who.send(f"/kuis/kerja/{attempt}/jawaban", fields)
        who.log.change("answer", (attempt, item_id), value)
    check = who.open(f"/kuis/kerja/{attempt}/periksa")
    who.send(f"/kuis/kerja/{attempt}/kumpulkan", {}, check)
    who.log.add("quiz handed in", str(attempt))


def map_problems(who: Hand, root: str) -> None:
    """A problem of the quality mapping, found again, changed three times, answered by a plan line."""
    text, path = _text(), f"{_BOARD}/{root}/masalah/baru"
    parts = {"version": "0", "code": "6.2.3", "problem": text}
    who.send(path, parts, who.open(path))
    who.log.add("problem mapped", text)
    found = _linked(who.open(f"{_BOARD}/{root}"), text)
    for version in (1, 2, 3):
        path, cause = f"{_BOARD}/{root}/masalah/{found}", _text()
        parts |= {"version": str(version), "root_cause": cause}
        who.send(path, parts, who.open(path))
        who.log.change("problem changed", (found,), cause)
    line, path = _text(), f"{_BOARD}/{root}/masalah/{found}/rencana"
    who.send(path, {"version": "0", "activity": line}, who.open(path))
    who.log.add("plan line", line)


def write_lesson(who: Hand, root: str) -> None:
    """A lesson plan of one page: begun; one part saved by the button, another while it is typed."""
    title, path = _text(), f"{_PLANS}/{root}"
    where = who.send(path, {"kind": "one_page", "title": title}, who.open(path)).headers["location"]
    who.log.add("lesson plan", title)
    plan = int(where.split("/bagian/")[0].rsplit("/", 1)[1])
    root = where.split("/bagian/")[0]
    for version in (0, 1):
        path, text = f"{root}/bagian/objectives/0", _text()
        who.send(path, {"version": str(version), "text": text}, who.open(path))
        who.log.change("lesson part", (plan, "objectives"), text)
    page = who.open(f"{root}/bagian/steps/0")
    who.phone.token = page.find(rb'name="csrf_token" value="([^"]*)"').decode()
    opened = page.find(rb'name="form" value="([^"]*)"').decode()
    for _time in range(3):
        text = _text()
        who.send(f"{root}/bagian/steps/0/sementara", {"text": text, "version": "0", "form": opened})
        who.log.change("lesson part while typing", (plan, "steps"), text)


def correct_attendance(who: Hand, session_id: int, school_id: int, enrolment_id: int) -> None:
    """One line of a list, changed three times; each reason stands in the audit trail."""
    for status in ("absent", "excused_permit", "present"):
        text = _text()
        form = who.open(f"/sesi/{session_id}?sekolah={school_id}")
        was = form.find(rb'name="was-%d" value="([^"]*)"' % enrolment_id).decode()
        line = {f"s-{enrolment_id}": status, f"m-{enrolment_id}": "", f"was-{enrolment_id}": was}
        who.send(f"/sesi/{session_id}", {**line, "reason": text, "sekolah": school_id}, form)
        who.log.add("attendance corrected", text)


def give_feedback(who: Hand, submission_id: int) -> None:
    """Words to a school about its evidence, twice."""
    for _time in range(2):
        text = _text()
        form = who.open(f"/bukti/{submission_id}")
        who.send(f"/bukti/{submission_id}/umpan-balik", {"feedback": text}, form)
        who.log.add("feedback", text)


def hand_in_evidence(who: Hand, submission_id: int) -> None:
    """A product whose file is there: its note as a draft twice, then with the hand-in."""
    for go in ("", "", "hand_in"):
        text = _text()
        form = who.open(f"/bukti/{submission_id}")
        who.send(f"/bukti/{submission_id}", {"note": text, "go": go}, form)
        who.log.change("evidence note", (submission_id,), text)
    who.log.add("evidence handed in", str(submission_id))


def _text() -> str:
    """Words that nobody else writes."""
    return f"tulisan nomor {next(_numbers)} selesai"


def _linked(page: Page, text: str) -> int:
    """The problem to which the first link after ``text`` leads."""
    return int(page.find(rb"%b.*?/masalah/(\d+)" % text.encode()))
