"""A database that is away or busy for a while: people hear so and may press again, and nothing is an error of 500."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.contract.actors import Role
from lms.platform.db import db
from lms.platform.io_errors import is_passing
from lms.testing.people import sign_in
from tests.inhabitants import Province


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """No new connection can be had, and the old ones are gone."""
    with app.app_context():
        engine = db.engine

    def refused(*_arguments: Any) -> None:
        if engine.dialect.name == "postgresql":
            raise psycopg.OperationalError("connection refused")
        busy = sqlite3.OperationalError("database is locked")
        busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise busy

    engine.dispose()
    event.listen(engine, "do_connect", refused)
    try:
        yield
    finally:
        event.remove(engine, "do_connect", refused)


@pytest.mark.parametrize("path", ["/", "/program", "/akun/saya"])
def test_pages_say_so_and_come_back(site_both: Flask, province_both: Province, path: str) -> None:
    browser = sign_in(site_both, province_both.own.people[Role.TEACHER])
    before = browser.get(path).status_code
    db.session.remove()
    site_both.testing = False  # as people see it
    with away(site_both):
        answer = browser.get(path)
        assert browser.get("/livez").status_code == 200
        assert browser.get("/readyz").status_code == 503
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "tetap aman" in answer.get_data(as_text=True)
    assert browser.get(path).status_code == before < 400


def test_a_form_is_refused_in_the_same_words(app: Flask, client: FlaskClient) -> None:
    app.testing = False
    with away(app):
        page = client.post("/masuk", data={"username": "guru", "password": "x" * 12})
        script = client.post("/masuk", data={"username": "guru"}, headers={"Accept": "application/json"})
    assert page.status_code == script.status_code == 503
    assert "periksa apakah isian terakhir sudah tersimpan" in page.get_data(as_text=True)
    assert "periksa apakah isian terakhir sudah tersimpan" in script.get_json()["message"]


def test_a_pool_without_a_connection_is_busy_and_not_broken(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = db.engine
    monkeypatch.setattr(engine.pool, "_timeout", 0.1)
    monkeypatch.setattr(engine.pool, "_max_overflow", 0)
    db.session.remove()
    app.testing = False
    guess = {"username": "guru", "password": "x" * 12}
    held = [engine.connect() for _number in range(engine.pool.size())]  # type: ignore[attr-defined]
    try:
        assert client.post("/masuk", data=guess).status_code == 503
    finally:
        for connection in held:
            connection.close()
    assert client.post("/masuk", data=guess).status_code == 422


def test_a_fault_of_the_program_passes_not() -> None:
    assert not is_passing(ValueError("x"))
    assert not is_passing(psycopg.errors.UndefinedTable("no such table"))
    assert not is_passing(sqlite3.OperationalError("no such table: person"))
