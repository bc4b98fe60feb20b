"""One saved answer beside a bare Flask handler that does the same one-row commit, in one run.

Both are called in this process, in turns, so that whatever else the machine does hits both alike.
The bare handlers read the signed cookie, look the sign-in up and write the answer; they know
nothing of forgery, rights, deadlines, unknown fields, item formats or headers.
"""

import io
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import click
from flask import Flask, abort, jsonify, request
from flask import session as cookie
from flask.testing import FlaskClient
from imbas_demo.cast import PASSWORD
from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench import report
from bench.installation import filled, settings_for
from bench.teachers import paper, teachers
from lms.assessment.models import Answer
from lms.people.auth.models import UserSession
from lms.people.auth.sessions import token_hash
from lms.platform.db import db, table_of
from lms.platform.gc_tuning import tune_gc

LIMIT = 2.0
_TURN = 50
_SIGN_IN, _ANSWER = table_of(UserSession), table_of(Answer)
_WHO = select(_SIGN_IN.c.person_id).where(
    _SIGN_IN.c.token_hash == bindparam("token"), _SIGN_IN.c.revoked_at.is_(None)
)
_INSERT = sqlite.insert(_ANSWER)
_UPSERT = _INSERT.on_conflict_do_update(
    index_elements=["attempt_id", "item_id"],
    set_={"value": _INSERT.excluded.value, "saved_at": _INSERT.excluded.saved_at},
)

Save = Callable[[], None]


@click.command()
@click.option("--saves", default=1000, show_default=True, help=f"Of each kind, in turns of {_TURN}.")
def saving(saves: int) -> None:
    """One saved answer, in process, beside a bare handler (SQLite)."""
    with TemporaryDirectory(prefix="imbas-bench-") as folder:
        app = filled(settings_for(Path(folder), port=80), schools=6)
        tune_gc()  # as every process that serves pages does; the bare handlers have the good of it too
        client, attempt, item, fields = _at_work(app)
        with app.app_context():
            engine = db.engine
        contestants = {
            "bare handler, prebuilt statements": _save(
                _bare(app, engine, _prebuilt), client, f"/{attempt}/{item}", fields
            ),
            "bare handler, ORM": _save(_bare(app, engine, _mapped), client, f"/{attempt}/{item}", fields),
            "Imbas": _save(app, client, f"/kuis/kerja/{attempt}/jawaban", fields),
        }
        _report(app, _measure(contestants, saves))
        engine.dispose()


def _at_work(app: Flask) -> tuple[FlaskClient, int, int, dict[str, str]]:
    """A participant who has begun; the browser, the attempt, its first item, the fields that answer it."""
    work = paper(app)
    client = app.test_client()
    page = client.get("/masuk").text
    who = {"username": teachers(app, work.quiz_id, count=1)[0].username, "password": PASSWORD}
    client.post("/masuk", data={**who, "csrf_token": _token(page)})
    start = f"/kuis/{work.quiz_id}/mulai"
    first = client.post(start, data={"csrf_token": _token(client.get(start.removesuffix("/mulai")).text)})
    where = first.headers["Location"]
    name, values = next((name, values) for name, values in work.answers[0].items())
    return (
        client,
        int(where.split("/")[-2]),
        work.item_ids[0],
        {name: values[0], "csrf_token": _token(client.get(where).text)},
    )


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _save(app: Flask, client: FlaskClient, path: str, fields: Mapping[str, str]) -> Save:
    """A call that posts the fields with the client's cookie, without building the request anew."""
    body = urlencode(fields).encode()
    jar = "; ".join(f"{entry.key}={entry.value}" for entry in (client._cookies or {}).values())  # noqa: SLF001
    builder = EnvironBuilder(
        path=path,
        method="POST",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers=[("Cookie", jar), ("Accept", "application/json"), ("Accept-Encoding", "gzip")],
    )
    environ = builder.get_environ()

    def save() -> None:
        answer = run_wsgi_app(app, {**environ, "wsgi.input": io.BytesIO(body)})
        text, status = b"".join(answer[0]), answer[1]
        assert status.startswith("200"), (status, text)

    return save


def _bare(like: Flask, engine: Engine, write: Callable[[Engine, str, dict[str, Any]], bool]) -> Flask:
    """A Flask application with one handler; it signs its cookie as Imbas does."""
    app = Flask("bare")
    app.config.update(SECRET_KEY=like.secret_key, SESSION_COOKIE_NAME=like.config["SESSION_COOKIE_NAME"])

    @app.post("/<int:attempt>/<int:item>")
    def save(attempt: int, item: int) -> Any:
        moment = datetime.now(UTC)
        value = next(iter(request.form.values()))
        row = {"attempt_id": attempt, "item_id": item, "value": value, "doubtful": False, "saved_at": moment}
        if not write(engine, token_hash(cookie.get("_user_id", "")), row):
            abort(401)
        return jsonify(saved_at=moment.isoformat())

    return app


def _prebuilt(engine: Engine, token: str, row: dict[str, Any]) -> bool:
    with engine.begin() as connection:
        if connection.execute(_WHO, {"token": token}).first() is None:
            return False
        connection.execute(_UPSERT, row)
    return True


def _mapped(engine: Engine, token: str, row: dict[str, Any]) -> bool:
    with Session(engine) as session:
        found = session.scalars(
            select(UserSession).where(UserSession.token_hash == token, UserSession.revoked_at.is_(None))
        ).first()
        if found is None:
            return False
        answer = session.get_one(Answer, (row["attempt_id"], row["item_id"]))
        answer.value, answer.saved_at = row["value"], row["saved_at"]
        session.commit()
    return True


def _measure(contestants: Mapping[str, Save], saves: int) -> dict[str, list[float]]:
    """CPU-seconds of a save in each turn, by contestant; the first turn warms up."""
    used: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(1 + saves // _TURN):
        for name, save in contestants.items():
            began = time.thread_time()
            for _number in range(_TURN):
                save()
            if turn:
                used[name].append((time.thread_time() - began) / _TURN)
    return used


def _report(app: Flask, used: Mapping[str, list[float]]) -> None:
    middle = {name: median(turns) for name, turns in used.items()}
    print("\n### One saved answer, in process\n")
    print(report.circumstances(app.config["SQLALCHEMY_DATABASE_URI"]))
    lines = []
    for name, seconds in middle.items():
        ratio = middle["Imbas"] / seconds
        word = "" if name == "Imbas" else report.verdict(ratio, LIMIT)
        lines.append((name, f"{seconds * 1000:.2f}", f"{ratio:.2f}", word))
    print("\n" + report.table(("handler", "CPU ms (median)", "Imbas / this", f"<= {LIMIT:g}"), lines))
