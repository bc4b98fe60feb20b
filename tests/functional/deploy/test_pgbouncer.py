"""Behind PgBouncer in transaction mode each transaction may meet another server process: nothing may depend on the last."""

import os
import pwd
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.contract.actors import Role
from lms.people import api as people
from lms.platform import audit, children, migrate
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.embedded import Server, free_port
from lms.platform.transaction import streaming, write
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.databases import PostgresqlDatabases
from lms.testing.people import PASSWORD, make_agency, make_person, make_school

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
CLIENTS, SERVERS = 16, 4
pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed")


@pytest.fixture(scope="module")
def bouncer(postgresql_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PgBouncer in transaction mode, without a database's name."""
    folder, port = tmp_path_factory.mktemp("pgbouncer"), free_port()
    target = postgresql_server.url.rsplit(":", 1)[1]
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={target} user=imbas\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {SERVERS}\nmax_client_conn = 200\n"
    )
    person = {}
    if os.geteuid() == 0:  # it refuses root, and nobody cannot read root's folders
        person = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    place = Path(tempfile.gettempdir()) / f"imbas-pgbouncer-{port}.ini"
    shutil.copyfile(folder / "pgbouncer.ini", place)
    place.chmod(0o644)
    with (folder / "log").open("wb") as log:
        process = children.start([str(PGBOUNCER), place], log=log, cwd="/", **person)
    try:
        _until_it_listens(port, process, folder / "log")
        yield f"postgresql+psycopg://imbas@127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        place.unlink()


def _until_it_listens(port: int, process: object, log: Path) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)


@pytest.fixture(params=["auto", False], ids=["by itself", "by the setting"])
def pooled(
    request: pytest.FixtureRequest, postgresql_server: Server, bouncer: str, tmp_path: Path
) -> Iterator[Flask]:
    """An application whose database is reached through the pooler, made there, too."""
    databases = PostgresqlDatabases(postgresql_server.url, lambda _url: None)
    direct = databases.empty()
    app = make_app(
        Settings(
            data=tmp_path,
            database_url=f"{bouncer}/{direct.rsplit('/', 1)[1]}",
            database_prepared=request.param,
            secret_key="test-key-that-is-long-enough-to-sign",
            environment="test",
            require_totp=False,
            public_url="http://localhost",
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        yield app
        db.session.remove()
        db.engine.dispose()
    databases.drop(direct)


def test_sixteen_at_once_read_and_write(pooled: Flask) -> None:
    with write() as session:
        agency = make_agency(session)
        school = make_school(session, agency)
        ids = [
            make_person(session, Role.TEACHER, school=school, username=f"guru{n}").id for n in range(CLIENTS)
        ]
    failures: list[str] = []
    barrier = threading.Barrier(CLIENTS)

    def client(number: int) -> None:
        browser = pooled.test_client()
        barrier.wait()
        try:
            entered = browser.post("/masuk", data={"username": f"guru{number}", "password": PASSWORD})
            assert entered.status_code == 303, entered.text[-500:]
            for _ in range(12):  # more often than psycopg waits before it prepares
                assert browser.get("/akun/saya").status_code == 200
                saved = browser.post(
                    "/akun/saya", data={"locale": "id", "timezone": "Asia/Makassar", "phone": ""}
                )
                assert saved.status_code == 303, saved.text[-500:]
            with pooled.app_context():
                for _ in range(12):
                    assert len(list(streaming(select(people.Person.id)))) == CLIENTS
                db.session.remove()
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}"[:300])

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert db.session.scalar(select(func.count()).where(people.Person.id.in_(ids))) == CLIENTS
    assert (
        db.session.scalar(
            text("SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE datname = current_database()")
        )
        <= SERVERS
    )
    with write() as session:
        assert audit.seal(session)
    assert audit.first_broken(db.session()) is None


@pytest.mark.only_on("postgresql")  # SQLite has no pooler
def test_without_a_pooler_statements_stay_prepared(app: Flask, database_kind: str) -> None:
    with db.engine.connect() as connection:
        assert connection.connection.dbapi_connection.prepare_threshold is not None  # type: ignore[union-attr]
