"""Losses between database and store are noticed without anybody asking; what nobody needs goes, after a grace time."""

import io
import os
import tarfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from lms.cli.backup import write_backup
from lms.contract.actors import Role
from lms.contract.documents import DocumentState
from lms.documents.models import Document, DocumentRevision, PartText
from lms.documents.personal import forget_person
from lms.evidence import api as evidence
from lms.evidence.models import EvidenceFile, Submission, SubmissionVersion
from lms.platform import storage_check, worker
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.storage import FolderStorage, storage
from lms.platform.storage_check import Fault, KnownFile, check_storage, faulty, keys_of_core
from lms.platform.transaction import write
from lms.testing.people import sign_in
from tests.inhabitants import Province

DAY = timedelta(days=1)
pytestmark = pytest.mark.modules


def night(site: Flask) -> dict[str, Fault]:
    """What a nightly check finds a day later; the first one when all that is stored has been stored."""
    clock = platform(site).clock
    newest = db.session.scalar(select(func.max(KnownFile.checked_at))) or clock()
    clock.set(max(clock(), newest) + DAY)
    check_storage(db.session(), clock())
    db.session.rollback()
    db.session.expire_all()
    return {row.key: row.fault for row in faulty(db.session(), limit=1000)}


@pytest.fixture
def pictures(site: Flask, province: Province) -> dict[str, Document]:
    """Key of a stored picture -> its document: two of each type, one as it is written, one in a version alone."""
    found: dict[str, Document] = {}
    for type_key in ("hots_assessment.card", "garden.bed"):
        now_there, submitted = (
            storage().put(f"{type_key} {which}".encode(), suffix="jpg").key for which in ("now", "then")
        )
        document = Document(
            type_key=type_key,
            kind="card",
            programme_id=province.own.programme_id,
            school_id=province.own.school.id,
            person_id=province.own.people[Role.TEACHER],
            title='A "key" of Kolam',
            state=DocumentState.NEEDS_REVISION,
            version=2,
            updated_at=now(),
            submitted_at=now(),
        )
        words = {"stem": '{"key": "no picture"}', "bloom": ["C4"], "day": None}
        then = {**words, "picture": {"key": submitted, "alt": "Dua diagram"}}
        document.parts.append(
            PartText(
                part="item",
                row=3,
                content={**words, "diagram": {"key": now_there, "alt": "Denah"}},
                version=2,
                updated_at=now(),
            )
        )
        rows = [{"part": "row", "row": 0, "values": words}, {"part": "item", "row": 3, "values": then}]
        document.revisions.append(DocumentRevision(no=1, content={"rows": rows}, submitted_at=now()))
        with write() as session:
            session.add(document)
        found |= dict.fromkeys((now_there, submitted), document)
    return found


@pytest.fixture
def of_a_plugin(site: Flask, province: Province) -> str:
    """Key of a stored file that stands in a table of a plugin, which is gone."""
    kept = storage().put(b"of a garden", suffix="jpg").key
    with write() as session:
        session.execute(text("CREATE TABLE p_garden_bed (id INTEGER PRIMARY KEY, picture TEXT)"))
        session.execute(
            text("INSERT INTO p_garden_bed VALUES (1, :words)"), {"words": f'[{{"file": "{kept}"}}]'}
        )
    return kept


def referenced() -> list[str]:
    """Keys of photos, documents, previews, certificates, pictures of documents and files of plugins."""
    keys = {
        key
        for row in db.session.execute(select(EvidenceFile.storage_key, EvidenceFile.preview_key))
        for key in row
    }
    keys |= set(db.session.execute(text("SELECT pdf_key FROM certificate")).scalars())
    contents = [*db.session.scalars(select(PartText.content))]
    for revision in db.session.scalars(select(DocumentRevision.content)):
        contents += [row["values"] for row in revision["rows"]]
    keys |= {value["key"] for content in contents for value in content.values() if isinstance(value, dict)}
    found = sorted({*(keys - {""}), *storage_check._keys_in_plugins()})
    assert {key.rpartition(".")[2] for key in found} >= {"jpg", "pdf"}
    return found


def body_of(key: str) -> bytes:
    with storage().open(key) as file:
        return file.read()


def test_each_kind_of_loss_of_each_kind_of_file_is_found(
    site: Flask, province: Province, pictures: dict[str, Document], of_a_plugin: str
) -> None:
    keys, store = referenced(), storage()
    assert set(keys) > {*pictures, of_a_plugin}
    bodies = {key: body_of(key) for key in keys}
    assert night(site) == {}
    for key in keys:
        store.delete(key)
    assert night(site) == dict.fromkeys(keys, Fault.MISSING)
    for key in keys:
        store.restore(key, io.BytesIO(bodies[key]))
    assert night(site) == {}
    for key in keys:
        store.restore(key, io.BytesIO(bodies[key][:-1] + bytes([bodies[key][-1] ^ 1])))
    assert night(site) == dict.fromkeys(keys, Fault.CONTENT), "of equal size, photos and previews too"
    for key in keys:
        store.restore(key, io.BytesIO(bodies[key] + b"\n"))
    assert night(site) == dict.fromkeys(keys, Fault.SIZE)
    for key in keys:
        store.restore(key, io.BytesIO(bodies[key]))
    assert night(site) == {}


def test_what_nobody_needs_goes_after_its_grace_and_what_is_needed_stays(
    site: Flask, province: Province, pictures: dict[str, Document], of_a_plugin: str
) -> None:
    keys, store = referenced(), storage()
    orphan = store.put(b"of a form that was refused", suffix="pdf").key
    assert night(site) == {}
    assert store.exists(orphan), "it may belong to a transaction that runs"
    night(site)
    assert store.exists(orphan)
    night(site)
    assert not store.exists(orphan)
    assert [key for key in keys if not store.exists(key)] == []
    assert db.session.get(KnownFile, orphan) is None


def test_pictures_of_a_document_stay_as_long_as_it_does(
    site: Flask, province: Province, pictures: dict[str, Document], tmp_path: Path
) -> None:
    """Of a type that is installed or not, written now or in a version; in a backup, for the doctor, and at a purge."""
    for _night in range(4):
        assert night(site) == {}
    assert [key for key in pictures if not storage().exists(key)] == []
    assert keys_of_core() >= set(pictures)
    assert write_backup(tmp_path / "whole.tar").complaint == ""
    with tarfile.open(tmp_path / "whole.tar") as archive:
        assert {f"files/{key}" for key in pictures} <= set(archive.getnames())
    bodies = {key: body_of(key) for key in pictures}
    for key in pictures:
        storage().delete(key)
    assert {lost.key: lost.what for lost in storage_check.missing(storage())} == {
        key: f"Picture of document {document.id}" for key, document in pictures.items()
    }
    for key, body in bodies.items():
        storage().restore(key, io.BytesIO(body))
    with write() as session:
        forget_person(session, province.own.people[Role.TEACHER])
    for _night in range(4):
        night(site)
    assert [key for key in pictures if storage().exists(key)] == []


def test_what_is_needed_again_within_its_grace_stays(site: Flask, province: Province) -> None:
    store = storage()
    kept = store.put(b"needed tomorrow", suffix="pdf")
    night(site)
    with write() as session:
        session.execute(
            update(EvidenceFile)
            .where(EvidenceFile.id == session.scalars(select(EvidenceFile.id)).first())
            .values(storage_key=kept.key, size=kept.size, sha256=kept.sha256, kind="pdf")
        )
    for _night in range(4):
        night(site)
    assert store.exists(kept.key)


def test_files_of_a_plugin_that_is_gone_stay(site: Flask, of_a_plugin: str) -> None:
    for _night in range(5):
        night(site)
    assert storage().exists(of_a_plugin)
    storage().delete(of_a_plugin)
    assert night(site) == {of_a_plugin: Fault.MISSING}


def test_reading_goes_on_where_the_night_before_stood(
    site: Flask, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_check, "AT_ONCE", 5)
    seconds: Iterator[float] = iter(range(0, 10**6, storage_check.HASH_SECONDS * 2 // 3))
    monkeypatch.setattr(storage_check.time, "monotonic", lambda: next(seconds))
    read: list[int] = []
    for _night in range(3):
        night(site)
        read.append(
            len(db.session.scalars(select(KnownFile.key).where(KnownFile.checked_at > now() - 9 * DAY)).all())
        )
    assert read == sorted(set(read)), "each night others"
    assert read[0] >= 5


def test_a_killed_check_is_taken_up_again(
    site: Flask, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_store: object, _key: str) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(storage_check, "_digest", killed)
        with pytest.raises(KeyboardInterrupt):
            night(site)
    key = referenced()[0]
    storage().delete(key)
    assert night(site) == {key: Fault.MISSING}


def test_it_runs_each_night_and_stands_on_the_first_screen(site: Flask, province: Province) -> None:

    key = db.session.scalars(select(EvidenceFile.storage_key)).first()
    assert key
    name = db.session.scalars(select(EvidenceFile.name).where(EvidenceFile.storage_key == key)).first()
    storage().delete(key)
    worker.run_due_tasks(now)
    db.session.rollback()
    assert worker.last_done(db.session(), storage_check.TASK.name)[0] is not None
    page = (
        sign_in(site, province.own.people[Role.ADMIN]).get(f"/ruang-kendali/{province.own.programme_id}").text
    )
    assert "Berkas yang hilang atau berubah" in page
    assert str(name) in page
    assert "imbas_storage_faults 1.0" in site.test_client().get("/metrics").text


def test_a_backup_is_written_but_does_not_pass_in_silence(
    site: Flask, province: Province, tmp_path: Path
) -> None:
    assert write_backup(tmp_path / "whole.tar").complaint == ""
    gone = db.session.scalars(select(EvidenceFile.storage_key).order_by(EvidenceFile.id)).all()[:2]
    for key in gone:
        storage().delete(key)
    written = write_backup(tmp_path / "rest.tar")
    assert (tmp_path / "rest.tar").exists()
    assert all(key in written.complaint for key in gone)
    assert "2 files" in written.complaint


def test_a_removed_file_goes_with_its_row_unless_a_version_has_it(site: Flask, province: Province) -> None:
    with write() as session:
        file = session.scalars(
            select(EvidenceFile)
            .join(SubmissionVersion, SubmissionVersion.id == EvidenceFile.version_id)
            .join(Submission, Submission.id == SubmissionVersion.submission_id)
            .where(Submission.version == SubmissionVersion.no)
        ).first()
        assert file
        version = session.get_one(SubmissionVersion, file.version_id)
        version.submitted_at = None
        session.get_one(Submission, version.submission_id).status = evidence.SubmissionStatus.DRAFT
        number, key = file.id, file.storage_key
        twin = EvidenceFile(
            version_id=version.id,
            name="sama.pdf",
            kind=file.kind,
            media_type=file.media_type,
            size=file.size,
            sha256="f" * 64,
            storage_key=key,
            preview_key="",
            uploaded_by=None,
            uploaded_at=now(),
            taken="",
        )
        session.add(twin)
        session.flush()
        twin_number = twin.id
    with write() as session:
        evidence.remove_file(session, file_id=number, now=now())
    assert storage().exists(key), "another version has it"
    with write() as session:
        evidence.remove_file(session, file_id=twin_number, now=now())
    assert not storage().exists(key)


def test_what_a_killed_process_left_half_written_goes(tmp_path: Path) -> None:
    store = FolderStorage(tmp_path)
    whole = store.put(b"whole", suffix="pdf").key
    for name, age in (("old", 2), ("young", 0), ("ahead", -2)):
        part = tmp_path / whole[:2] / f"{name}.pdf.part"
        part.write_bytes(b"ha")
        os.utime(part, (time.time() - age * 86400,) * 2)
    store.forget_parts()
    assert sorted(path.name for path in tmp_path.rglob("*.part")) == ["young.pdf.part"]
    assert list(store.listed(whole[:2])) == [(whole, 5)]


def test_nothing_stored_and_nothing_needed_is_no_work(app: Flask) -> None:
    check_storage(db.session(), now())
    with write() as session:
        session.execute(delete(KnownFile))
    assert list(storage_check.missing(storage())) == []
