"""``lms doctor`` names planted troubles in plain words, and says how to mend each."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text, update

from lms.app import create_app
from lms.cli.backup import backup
from lms.cli.doctor import doctor
from lms.cli.restore import restore
from lms.contract.actors import Role
from lms.contract.errors import PluginFault
from lms.contract.text import verbatim
from lms.people.auth.secret_encryption import seal
from lms.platform import audit, migrate
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.embedded import free_port
from lms.platform.storage import storage
from lms.platform.transaction import write
from lms.platform.worker import BACKUP, CHANGES, HEARTBEAT, note_run
from lms.settings import load_settings
from lms.testing.people import make_agency, make_person, make_school
from lms.testing.world import row

KEY = "q8NsoZpVtCz2vZlqI8hRk7hdrPl6fQ8L"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A healthy one on SQLite, as the environment describes it."""
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LMS_SECRET_KEY", KEY)
    monkeypatch.setenv("LMS_PUBLIC_URL", "https://imbas.example")
    monkeypatch.setattr("lms.app.init_logs", lambda _level: None)
    app = create_app(load_settings())
    with app.app_context():
        migrate.upgrade(db.engine, platform(app).components)
        with write() as session:
            note_run(session, name=HEARTBEAT, moment=now())
        db.session.remove()
    assert CliRunner().invoke(backup, [str(tmp_path / "imbas.tar")]).exit_code == 0
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def said() -> str:
    result = CliRunner().invoke(doctor)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    troubles, cures = result.output.count("✗"), result.output.count("→")
    assert troubles == cures  # none without the way to mend it
    assert result.exit_code == (1 if troubles else 0)
    return result.output


def test_a_healthy_installation(installation: Flask) -> None:
    assert said() == "✓ nothing wrong was found\n"


def test_wrong_settings_are_all_named(installation: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_DATABASE_URL", "mysql://here")
    monkeypatch.setenv("LMS_SESSION_DAYS", "many")
    found = said()
    assert "LMS_DATABASE_URL" in found
    assert "LMS_SESSION_DAYS" in found


def test_a_plugin_that_is_refused(installation: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_settings: object) -> Flask:
        raise PluginFault(("garden: needs API >=9, this is 1.0",))

    monkeypatch.setattr("lms.cli.doctor.create_app", refuse)
    assert "garden: needs API >=9" in said()


def test_a_database_that_does_not_answer(installation: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_DATABASE_URL", f"postgresql+psycopg://imbas@127.0.0.1:{free_port()}/imbas")
    assert "does not answer" in said()


def test_a_schema_that_was_not_upgraded(installation: Flask) -> None:
    migrate.downgrade(db.engine, platform(installation).components[0], "core_0001")
    assert "lms db upgrade" in said()


def test_a_broker_that_is_away(installation: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_BROKER_URL", f"redis://127.0.0.1:{free_port()}/0")
    assert "broker does not answer" in said()


def test_people_without_tls(installation: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_PUBLIC_URL", "http://imbas.example")
    assert "without TLS" in said()


def test_second_factors_under_another_key(installation: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with write() as session:
        person = make_person(session, Role.ADMIN, agency=make_agency(session), username="admin.satu")
        assert person.account is not None
        person.account.totp_secret = seal("JBSWY3DPEHPK3PXP", KEY)
        audit.seal(session)
    db.session.remove()
    assert said() == "✓ nothing wrong was found\n"
    monkeypatch.setenv("LMS_SECRET_KEY", "lb8hXrYd0PvQ3mKc7TjW9sGz2NfA5eUo")
    found = said()
    assert "cannot be read with LMS_SECRET_KEY, so their codes are refused: admin.satu" in found
    assert "lms office code USERNAME" in found
    monkeypatch.setenv("LMS_OLD_SECRET_KEYS", KEY)
    assert "Secrets of second factors that are not sealed under LMS_SECRET_KEY: 1" in said()


def test_everything_inside_at_once(installation: Flask, tmp_path: Path) -> None:
    with write() as session:
        session.execute(text("DELETE FROM task_run"))
        note_run(session, name="garden.water", moment=now(), error="ValueError: no water")
        audit.record(session, actor_id=None, action="test.try", subject=("n", 1), now=now())
        audit.seal(session)
        session.execute(update(AuditEntry).values(reason="changed behind our back"))
        school = make_school(session, make_agency(session))
        stage = _stage(session, school.agency_id)
        due = row(
            session,
            "deliverable_due",
            stage_id=stage,
            deliverable_key="x.y",
            position=1,
            due_at=now(),
            mandatory=True,
            unit="school",
            models_only=False,
            title=verbatim("x"),
        )
        submission = row(
            session,
            "submission",
            due_id=due,
            school_id=school.id,
            enrolment_id=None,
            status="draft",
            version=1,
            late=False,
        )
        version = row(
            session, "submission_version", submission_id=submission, no=1, note="", created_at=now()
        )
        row(
            session,
            "evidence_file",
            version_id=version,
            name="rapat-tim.jpg",
            kind="photo",
            media_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            storage_key="ab/abcdef.jpg",
            preview_key="",
            uploaded_at=now(),
        )
        session.execute(text("INSERT INTO outbox_fact VALUES (900, 'x.v1', '{}', '2020-01-01 00:00:00', '')"))
        session.execute(
            text(
                "INSERT INTO outbox_delivery VALUES (900, 'gone.x', 'parked', 5, '2020-01-01 00:00:00', NULL, '')"
            )
        )
        session.execute(
            text("INSERT INTO plugin_failure VALUES ('garden', 'lms_panels', 'KeyError: x', 7, :at)"),
            {"at": now().replace(tzinfo=None).isoformat(" ")},
        )
    db.session.remove()
    found = said()
    for sentence in (
        "No worker was seen",
        "1 job failed for good",
        "garden.water failed",
        "Plugin garden failed 7 times",
        "rapat-tim.jpg",
        "audit trail was changed at entry",
        "no backup of the last two days",
    ):
        assert sentence in found, sentence


def test_backup_and_drill_are_remembered(installation: Flask, tmp_path: Path) -> None:
    storage().restore("ab/abc.pdf", io.BytesIO(b"%PDF"))
    archive = str(tmp_path / "again.tar")
    assert CliRunner().invoke(backup, [archive]).exit_code == 0
    assert "could be restored" in CliRunner().invoke(restore, [archive, "--drill"]).output
    assert said() == "✓ nothing wrong was found\n"
    Path(archive).write_bytes(Path(archive).read_bytes().replace(b"%PDF", b"%XDF"))
    assert CliRunner().invoke(restore, [archive, "--drill"]).exit_code == 1
    found = said()
    assert "The last drill of a restore failed: ClickException: files/ab/abc.pdf is damaged" in found
    assert "run it again: lms restore imbas.tar --drill" in found
    assert "by itself" not in found


@pytest.mark.parametrize(
    ("name", "what", "command"),
    [
        (BACKUP, "The last backup failed", "lms backup imbas.tar"),
        (CHANGES, "The last backup of changes failed", "lms backup --changes changes.tar"),
    ],
)
def test_a_backup_that_failed_is_run_again_by_hand(
    installation: Flask, name: str, what: str, command: str
) -> None:
    with write() as session:
        note_run(session, name=name, moment=now(), error="OSError: no space left on device")
    db.session.remove()
    found = said()
    assert f"{what}: OSError: no space left on device" in found
    assert f"run it again: {command}" in found
    assert "by itself" not in found


def _stage(session: object, agency_id: int) -> int:
    programme = row(
        session,
        "programme",
        agency_id=agency_id,
        code="X",
        title="X",
        school_year="2020/2021",  # type: ignore[arg-type]
        timezone="Asia/Jakarta",
        status="running",
        version=1,
        definition={},
        created_at=now(),
    )
    return row(
        session,
        "stage",
        programme_id=programme,
        no=1,
        title="X",
        starts_on=now().date(),
        ends_on=now().date(),  # type: ignore[arg-type]
        opens_at=now(),
        on_service_due_at=now(),
        closes_at=now(),
    )
