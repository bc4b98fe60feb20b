"""Log lines lead from a page to the work it caused, and repeat nothing that people wrote."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.contract.events import EventHandler, Fact
from lms.platform import outbox
from lms.platform.application import platform
from lms.platform.logs import JsonFormatter, request_id
from lms.platform.outbox import Outbox
from lms.platform.transaction import write
from lms.testing.clock import FixedClock

EVENT = "test.happened.v1"
SECRET = "RAHASIA-0812"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a process of ours writes to standard error."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("lms")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield handler.stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def again(session: Session, fact: Fact, now: datetime) -> None:
    if fact.payload["step"] == 1:
        outbox.emit(session, Fact(EVENT, now, {"step": 2}))
    else:
        session.execute(text("INSERT INTO role_grant (role) VALUES (:role)"), {"role": SECRET})


def test_the_worker_names_the_request_and_no_value(app: Flask, clock: FixedClock, lines: io.StringIO) -> None:
    platform(app).outbox = Outbox((EventHandler("test.again", EVENT, again),), wake=lambda: None)
    request_id.set("4f1c0b9a2d3e")
    with write() as session:
        outbox.emit(session, Fact(EVENT, clock(), {"step": 1}))
    request_id.set("")
    assert outbox.drain(clock) == 1
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["request"] for line in said] == ["4f1c0b9a2d3e"] * 2  # delivered; what it led to failed
    assert "IntegrityError" in said[-1]["error"]
    assert SECRET not in lines.getvalue()
    assert request_id.get() == ""
