"""A disk that fills up, to the last byte: it is said before, files stop first, reading never does, no answer is 500."""

import io
import os
import pwd
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from lms.cli.backup import backup
from lms.cli.doctor import doctor
from lms.contract.actors import Role
from lms.contract.events import EventHandler, Fact
from lms.evidence.partial_uploads import Parts
from lms.platform import disk, migrate, outbox, worker
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.disk import NoRoom, Room
from lms.platform.embedded import Server
from lms.platform.io_errors import is_full
from lms.platform.outbox import Outbox
from lms.platform.storage import FolderStorage, storage
from lms.platform.transaction import write
from lms.settings import Settings
from lms.testing.apps import make_app
from lms.testing.people import PASSWORD, make_agency, make_person, make_school, sign_in

SIZE = 24 * 1024 * 1024
RESERVE = 4 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB; skipped where this user may mount none."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only a user who may mount can make a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def site(small_disk: Path) -> Iterator[Flask]:
    """An application on SQLite, all of it on the small disk."""
    settings = Settings(
        data=small_disk / "data",
        environment="test",
        secret_key="k" * 40,
        disk_reserve_bytes=RESERVE,
        require_totp=False,
        public_url="http://localhost",
    )
    app = make_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        with write() as session:
            school = make_school(session, make_agency(session))
            make_person(session, Role.HEADMASTER, school=school, username="kepala.satu")
            worker.note_run(session, name=worker.HEARTBEAT, moment=now())
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def fill(folder: Path, leaving: int) -> None:
    """Use up the disk until ``leaving`` bytes are free."""
    with (folder / "filler").open("ab") as file:
        while (left := disk.free_at(folder) - leaving) > 0:
            try:
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, max(4096, min(left, SIZE)))
            except OSError:
                return


def make_room(folder: Path) -> None:
    (folder / "filler").unlink()


def change(browser: FlaskClient) -> int:
    answer = browser.post("/akun/saya", data={"phone": "", "locale": "id", "timezone": "Asia/Jakarta"})
    if answer.status_code >= 400:
        assert "Tempat di server sedang penuh" in answer.text
    return answer.status_code


def send(browser: FlaskClient) -> int:
    answer = browser.post("/akun/saya", data={"file": (io.BytesIO(b"x" * 2000), "foto.jpg"), "locale": "id"})
    if answer.status_code == 507:
        assert "Tempat di server sedang penuh" in answer.text
    return answer.status_code


def test_it_is_said_before_and_files_stop_first_and_reading_never(site: Flask, small_disk: Path) -> None:
    browser = sign_in(site, 1)
    stages = [
        (RESERVE * 3, Room.PLENTY, "ok", 400, 303),
        (RESERVE * 2 - 8192, Room.LOW, "degraded: little room is left", 400, 303),
        (RESERVE - 8192, Room.NO_FILES, "degraded: no room for files", 507, 303),
        (RESERVE // 10 - 8192, Room.NO_ROWS, "degraded: no room for anything", 507, 507),
        (0, Room.NO_ROWS, "degraded: no room for anything", 507, 507),
    ]
    for leaving, room, said, sent, changed in stages:
        fill(small_disk, leaving)
        assert disk.room(platform(site).settings) is room
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.get_json()["checks"]["disk"]) == (200, said)
        assert browser.get("/").status_code == 200
        assert browser.get("/akun/saya").status_code == 200
        assert send(browser) == sent
        assert change(browser) == changed
    make_room(small_disk)
    assert change(browser) == 303
    assert send(browser) != 507


def test_without_a_byte_nothing_ends_in_500(
    site: Flask, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the reserve was set to nothing, and each write really meets the end of the disk."""
    platform(site).settings = platform(site).settings.model_copy(update={"disk_reserve_bytes": 0})
    browser, stranger = sign_in(site, 1), site.test_client()
    fill(small_disk, 0)
    statuses = set()
    for _ in range(60):  # until the journal has no room left either
        answer = browser.post(
            "/akun/saya", data={"phone": f"0812{_:08}", "locale": "id", "timezone": "Asia/Jakarta"}
        )
        statuses.add(answer.status_code)
        assert browser.get("/").status_code == 200
        entered = stranger.post("/masuk", data={"username": "kepala.satu", "password": PASSWORD})
        assert entered.status_code in {200, 303, 422, 429, 507}
        worker_works(site)
    assert statuses <= {303, 507}
    assert 507 in statuses
    assert browser.get("/readyz").status_code == 200
    make_room(small_disk)
    assert change(browser) == 303


def worker_works(site: Flask) -> None:
    """The worker's tick: it may fail for want of room, and says so in the log, but never ends the process."""
    for tick in (lambda: worker.run_due_tasks(now), lambda: outbox.drain(now)):
        try:
            tick()
        except OperationalError as error:
            assert is_full(error)  # noqa: PT017


def test_work_that_finds_no_room_waits_for_it(site: Flask, small_disk: Path) -> None:
    stored: list[str] = []

    def store(_session: object, _fact: Fact, _now: object) -> None:
        stored.append(storage().put(b"certificate", suffix="pdf").key)

    platform(site).outbox = Outbox((EventHandler("test.store", "test.done.v1", store),), lambda: None)
    with write() as session:
        outbox.emit(session, Fact("test.done.v1", now(), {}))
    fill(small_disk, RESERVE - 8192)
    moment = now()
    for _ in range(20):
        moment += outbox.LONGEST_WAIT * 2
        outbox.drain(lambda moment=moment: moment)  # type: ignore[misc]
    assert stored == []
    assert outbox.backlog(db.session()).parked == 0
    make_room(small_disk)
    outbox.drain(lambda: moment + outbox.LONGEST_WAIT * 2)
    assert len(stored) == 1


def test_the_doctor_answers_and_a_backup_takes_no_reserve(
    site: Flask, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LMS_DATA", str(small_disk / "data"))
    monkeypatch.setenv("LMS_SECRET_KEY", secrets.token_urlsafe(48))
    monkeypatch.setenv("LMS_DISK_RESERVE_BYTES", str(RESERVE))
    monkeypatch.setattr("lms.app.init_logs", lambda _level: None)
    archive = small_disk / "imbas.tar"
    for leaving, means in (
        (RESERVE * 2 - 8192, "files will be refused soon"),
        (RESERVE - 8192, "so files are refused"),
        (0, "changes, too, on SQLite"),
    ):
        fill(small_disk, leaving)
        for _again in range(2):
            found = CliRunner().invoke(doctor)
            assert isinstance(found.exception, SystemExit), found.output
            assert means in found.output
            assert "without TLS" in found.output, "the checks that need no room are made"
            assert "could not be read" not in found.output
    stopped = CliRunner().invoke(backup, [str(archive)])
    assert "has no room for an archive" in stopped.output
    assert not list(small_disk.glob("imbas.tar*"))


def test_a_store_without_room_keeps_nothing_half(small_disk: Path) -> None:
    store = FolderStorage(small_disk / "files", RESERVE)
    whole = store.put(b"x" * 1000, suffix="pdf")
    fill(small_disk, RESERVE + 1024 * 1024)
    with pytest.raises(NoRoom):
        store.put(io.BytesIO(b"x" * (2 * 1024 * 1024)), suffix="pdf")
    assert list(store.keys()) == [whole.key]
    assert not list(small_disk.rglob("*.part"))
    without = FolderStorage(small_disk / "files", 0)
    fill(small_disk, 0)
    with pytest.raises(NoRoom):
        without.put(b"x" * 100_000, suffix="pdf")
    assert not list(small_disk.rglob("*.part"))
    with without.open(whole.key) as file:
        assert len(file.read()) == 1000


def test_what_had_arrived_of_a_file_on_its_way_stays(small_disk: Path) -> None:
    parts = Parts(small_disk / "uploads", RESERVE)
    assert parts.receive("ab", io.BytesIO(b"x" * 5000), at=0, size=900_000) == 5000
    fill(small_disk, RESERVE)
    with pytest.raises(NoRoom):
        parts.receive("ab", io.BytesIO(b"x" * 5000), at=5000, size=900_000)
    make_room(small_disk)
    assert parts.receive("ab", io.BytesIO(b"x" * 5000), at=5000, size=900_000) == 10_000


def test_a_full_postgresql_is_a_sentence(postgresql_server: Server, small_disk: Path, tmp_path: Path) -> None:
    """Its disk is its own, so that only it can say so (53100)."""
    place = small_disk / "tables"
    place.mkdir(mode=0o700)
    for folder in (*small_disk.parents[:-1], small_disk):
        folder.chmod(folder.stat().st_mode | 0o011)
    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    server = create_engine(f"{postgresql_server.url}/postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE TABLESPACE small LOCATION '{place}'"))
        connection.execute(text("CREATE DATABASE small TABLESPACE small"))
    settings = Settings(
        data=tmp_path / "data",
        database_url=f"{postgresql_server.url}/small",
        environment="test",
        secret_key="k" * 40,
        disk_reserve_bytes=0,
        require_totp=False,
        public_url="http://localhost",
    )
    app = make_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        with app.app_context():
            migrate.upgrade(db.engine, platform(app).components)
            with write() as session:
                make_person(session, Role.HEADMASTER, school=make_school(session, make_agency(session)))
            db.session.remove()
            browser = sign_in(app, 1)
            fill(small_disk, 0)
            statuses = []
            while 507 not in statuses and len(statuses) < 3000:
                phone = f"0812{len(statuses):08}"
                answer = browser.post(
                    "/akun/saya", data={"phone": phone, "locale": "id", "timezone": "Asia/Jakarta"}
                )
                statuses.append(answer.status_code)
            assert set(statuses) == {303, 507}
            assert "Tempat di server sedang penuh" in answer.text
            assert browser.get("/").status_code == 200
            make_room(small_disk)
            assert change(browser) == 303
            db.session.remove()
            db.engine.dispose()
    finally:
        with server.connect() as connection:
            connection.execute(text("DROP DATABASE small WITH (FORCE)"))
            connection.execute(text("DROP TABLESPACE small"))
        server.dispose()
