"""The main job, from the sign-in of an admin to a certificate that a stranger checks."""

import io
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from imbas_demo import papers
from playwright.sync_api import Page, expect

from lms.testing.printed import pdf_text, qr_codes
from tests.browser.conftest import Demo, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.moves_the_story, pytest.mark.slow]
DECEMBER = datetime(2020, 12, 3, 2, 30, tzinfo=UTC)
MIDDLE = datetime(2020, 10, 20, 2, 0, tzinfo=UTC)


def test_the_story(demo: Demo, visit: Any, tmp_path: Path) -> None:
    _admin_moves_a_deadline(visit("lpmp.admin"))
    attempt = _teacher_takes_a_quiz(visit("sdn04.guru1"))
    _facilitator_writes_a_list(visit("fasilitator2"))
    address = _school_hands_in(visit("sdn04.tpmps_ketua"), visit("sdn04.kepala_sekolah"), tmp_path)
    grader = visit("penilai1")
    _grader_marks_the_essay(grader, attempt)
    _grader_sends_back_and_accepts(grader, visit("sdn04.kepala_sekolah"), address, tmp_path)
    _results_follow(visit("sdn04.guru1"), attempt)
    demo.stop()
    assert demo.processes() == []
    _the_others_do_their_work(demo)
    demo.turn_clock_to(DECEMBER)
    assert demo.start() < 30
    _certificates(visit("lpmp.admin"), visit("sdn04.kepala_sekolah"))


def _admin_moves_a_deadline(admin: Visitor) -> None:
    expect(admin.page.get_by_role("heading", name="Ruang kendali")).to_be_visible()
    text = admin.text()
    assert "6 sekolah" in text
    assert "66 peserta" in text
    assert all(f"SDN {number} Banyuasin III" in text for number in (4, 8, 19, 26, 27, 38))
    admin.press("Buka program")
    admin.press("Tahap 1: Dokumen SPMI dan RKS")
    admin.page.get_by_role("link", name="Ubah batas").first.click()
    admin.page.get_by_label("Sekolah", exact=True).select_option(label="SD Negeri 38 Banyuasin III")
    admin.press("Tampilkan batasnya")
    admin.page.get_by_label("Batas baru").fill("2020-10-27T16:00")
    admin.page.get_by_label("Alasan").fill(" ")  # spaces get past the browser, not past the server
    admin.press("Simpan batas baru")
    expect(admin.page.get_by_role("alert").first).to_be_visible()
    expect(admin.page.get_by_label("Batas baru")).to_have_value("2020-10-27T16:00")
    admin.page.get_by_label("Alasan").fill("Sekolah baru dibuka lagi setelah banjir")
    admin.press("Simpan batas baru")
    assert "27 Oktober 2020, 16.00 WIB" in admin.text()


def _teacher_takes_a_quiz(teacher: Visitor) -> str:
    page = teacher.page
    assert "Berikutnya" in teacher.text()
    page.get_by_role("link", name="Materi: Program unggulan").click()
    page.wait_for_load_state()
    assert len(teacher.text().split()) > 80
    teacher.go("/")
    page.get_by_role("link", name="Kuis program unggulan").click()
    teacher.press("Mulai kuis")
    formats = set()
    count = int(re.search(r"dari (\d+)", teacher.text()).group(1))  # type: ignore[union-attr]
    for position in range(1, count + 1):
        assert f"Soal {position} dari {count}" in teacher.text()
        formats.add(_answer(page))
        expect(page.locator("[data-save-line]")).to_contain_text("Tersimpan di server pukul", timeout=5000)
        teacher.press("Berikutnya" if position < count else "Periksa dan kumpulkan")
    assert formats == {"radio", "checkbox", "rows", "text", "textarea"}
    page.go_back()
    page.reload()
    expect(page.locator("form [name^=q]:checked, form textarea").first).to_be_attached()
    page.goto(re.sub(r"/\d+$", "/periksa", page.url) if not page.url.endswith("periksa") else page.url)
    assert "Semua soal sudah dijawab" in teacher.text()
    teacher.press("Kumpulkan")
    assert "tanda terima" in teacher.text().lower()  # of the receipt, or of a result that was faster
    expect(page.get_by_role("heading", name="Hasil:")).to_be_visible(timeout=5000)  # by itself
    text = teacher.text()
    assert "Sementara" in text
    assert "Menurut level kognitif" in text
    assert re.search(r"C[456] ·", text)
    assert "Pembahasan dibuka" in text
    assert "Penjelasan" not in text
    return re.search(r"/(\d+)", page.url.split("/", 3)[3]).group(1)  # type: ignore[union-attr]


def _answer(page: Page) -> str:
    """Answer whatever stands on the page, and say of which kind it was."""
    form = page.locator("form[data-autosave]")
    names = form.locator("input[type=radio]").evaluate_all("all => [...new Set(all.map(x => x.name))]")
    if names:
        for name in names:
            form.locator(f"input[name='{name}']").first.check()
        return "radio" if len(names) == 1 else "rows"
    boxes = form.locator("input[type=checkbox][name^=q]")
    if boxes.count():
        boxes.nth(0).check()
        boxes.nth(1).check()
        return "checkbox"
    area = form.locator("textarea")
    if area.count():
        area.fill(
            "Data awal menunjukkan 6 dari 24 siswa; targetnya 18. Keluarga mencatat, sekolah mengukur lagi."
        )
        area.blur()
        return "textarea"
    line = form.locator("input[name^=q]:not([type=hidden])")
    line.fill("12,5")
    line.blur()
    return "text"


def _facilitator_writes_a_list(facilitator: Visitor) -> None:
    facilitator.go("/sesi")
    facilitator.page.get_by_role("link", name=re.compile("RPP: karakter")).first.click()
    facilitator.page.wait_for_load_state()
    assert "11 peserta belum dicatat" in facilitator.text()
    first = facilitator.page.locator("select[name^=s-]:has(option[value=''])").first
    first.select_option(label="Izin")
    facilitator.press("Yang belum dicatat: hadir. Simpan")
    facilitator.sees("11 catatan hadir tersimpan.")
    assert "belum dicatat" not in facilitator.text().lower().replace("yang belum dicatat", "")


def _school_hands_in(team: Visitor, head: Visitor, folder: Path) -> str:
    pdf = folder / "rencana.pdf"
    pdf.write_bytes(papers.document("Rencana program unggulan", "SDN 4"))
    docx = folder / "lampiran.docx"
    docx.write_bytes(papers.letter("Lampiran", "SDN 4"))
    team.go("/")
    team.press("Rencana program unggulan")
    address = re.sub(r"^https?://[^/]+", "", team.page.url)
    bad = folder / "virus.pdf"
    bad.write_bytes(b"MZ this is not a PDF")
    team.page.get_by_label("Tambah berkas").set_input_files(str(bad))
    team.page.get_by_label("Catatan untuk penilai").fill("Dibahas dalam rapat 14 Oktober.")
    expect(team.page.locator("[data-queue]")).to_contain_text("Bukan PDF")
    _save(team)
    team.sees("virus.pdf")  # why it was refused is still said on the page that follows
    expect(team.page.get_by_label("Catatan untuk penilai")).to_have_value("Dibahas dalam rapat 14 Oktober.")
    team.page.get_by_label("Tambah berkas").set_input_files([str(pdf), str(docx)])
    _save(team)
    team.sees("Tersimpan di server.")
    team.sees("rencana.pdf")
    team.sees("lampiran.docx")
    assert team.page.get_by_role("button", name="Sahkan dan ajukan").count() == 0
    photo = folder / "kegiatan.jpg"
    photo.write_bytes(papers.photo("Kegiatan", "SDN 4"))
    team.go("/")
    team.press("Bukti keterlibatan keluarga dan masyarakat")
    team.page.get_by_label("Tambah berkas").set_input_files(str(photo))
    _save(team)
    team.sees("Tersimpan di server.")
    expect(team.page.locator(".files img")).to_have_count(1)
    head.go(address)
    head.press("Sahkan dan ajukan")
    head.sees("Diajukan")
    return address


def _save(team: Visitor) -> None:
    """Press; the page comes again when the files have arrived."""
    with team.page.expect_navigation():
        team.press("Simpan")


def _grader_marks_the_essay(grader: Visitor, attempt: str) -> None:
    grader.go(f"/uraian/{attempt}")
    assert "Zulkarnain" not in grader.text()  # names are hidden
    for crit in grader.page.locator("fieldset.crit").all():
        crit.locator("input[type=radio]").last.check()
    grader.press("Simpan dan berikutnya")


def _grader_sends_back_and_accepts(grader: Visitor, head: Visitor, address: str, folder: Path) -> None:
    number = re.search(r"(\d+)$", address).group(1)  # type: ignore[union-attr]
    grader.go(f"/nilai/{number}")
    grader.page.get_by_role("button", name="Minta revisi").click()
    grader.page.wait_for_load_state()
    assert "Pilih alasan" in grader.text()
    for crit in grader.page.locator("[data-criterion]").all():
        if crit.locator("input[type=checkbox]").count():
            crit.locator("input[type=checkbox]").first.check()
    grader.page.locator("select[name=reason]").select_option("incomplete")
    grader.page.locator("[name=comment]").fill("Data awal belum memuat cara ukur.")
    grader.page.get_by_role("button", name="Minta revisi").click()
    grader.page.wait_for_load_state()
    head.go(address)
    assert "Perlu revisi" in head.text()
    assert "Data awal belum memuat cara ukur." in head.text()
    second = folder / "rencana-2.pdf"
    second.write_bytes(papers.document("Rencana program unggulan, versi 2", "SDN 4"))
    head.page.get_by_label("Tambah berkas").set_input_files(str(second))
    head.press("Sahkan dan ajukan")
    head.sees("Versi 2")
    head.sees("Sudah diajukan")
    grader.go(f"/nilai/{number}")
    for box in grader.page.locator("[data-criterion] input[type=checkbox]").all():
        box.check()
    grader.press("Terima dan berikutnya")
    head.go(address)
    assert "Diterima" in head.text()


def _results_follow(teacher: Visitor, attempt: str) -> None:
    """The mark is in: the result is final, not yet explained (she may try again), and completion has followed."""
    teacher.go(f"/kuis/hasil/{attempt}")
    text = teacher.text()
    assert "Sementara" not in text
    assert "Pembahasan dibuka setelah kesempatan terakhir" in text
    assert "Penjelasan" not in text
    teacher.go("/")
    expect(teacher.page.get_by_role("heading", name="Yang masih kurang")).to_be_visible()
    assert "belum dikerjakan" in teacher.text()
    assert "(giliran:" in teacher.text()


def _the_others_do_their_work(demo: Demo) -> None:
    """Everybody else goes on as in the story, from the middle to the end, and the worker has told of it."""
    program = (
        "from pathlib import Path; from datetime import datetime, UTC; from lms.settings import Settings;"
        "from lms.app import create_app; from imbas_demo.story import play, STORY_MIDDLE, STORY_ENDS;"
        "import sys, time; app = create_app(Settings(data=Path(sys.argv[1]), environment='demo'));"
        "play(app, after=STORY_MIDDLE, until=STORY_ENDS)\n"
        "from lms.platform import outbox; from lms.platform.db import db\n"
        "with app.app_context():\n"
        "    while outbox.backlog(db.session()).pending:\n"
        "        db.session.rollback(); time.sleep(0.1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(demo.data)],
        env=demo.environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _certificates(admin: Visitor, stranger: Visitor) -> None:
    page = admin.page
    admin.press("Sertifikat")
    assert "Kehadiran" in admin.text()  # why the others are blocked
    page.get_by_role("link", name=re.compile(r"Terbitkan \d+ sertifikat")).first.click()
    admin.sees("sudah berakhir")  # what is issued is announced first
    issue = page.get_by_role("button", name=re.compile(r"Terbitkan \d+ sertifikat"))
    ready = int(re.findall(r"\d+", issue.inner_text())[0])
    assert ready > 40
    with page.expect_navigation():
        issue.click()
    while issue.count():  # the worker has just closed December's stage: more are ready
        admin.sees("Mohon periksa lagi")
        with page.expect_navigation():
            issue.click()
    expect(page.locator("progress").or_(page.get_by_role("progressbar"))).to_be_visible()
    expect(page.get_by_text("Unduh semua (ZIP)")).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        page.get_by_text("Unduh semua (ZIP)").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    issued = int(page.locator("nav.figures a[href*=terbit] b.num").inner_text())
    assert issued >= ready  # somebody's work may have been scored meanwhile
    assert len([name for name in archive.namelist() if name.endswith(".pdf")]) == issued
    pdf = archive.read(next(name for name in archive.namelist() if "SD Negeri" not in name))
    words = pdf_text(pdf)
    assert "JP" in words
    assert re.search(r"Amat Baik|Baik|Cukup", words)
    assert "Direktorat Jenderal PAUD" in words  # the programme's letterhead
    (code,) = qr_codes(pdf)
    stranger.page.context.clear_cookies()
    stranger.page.goto(code)
    assert "asli dan berlaku" in stranger.text()
    assert not re.search(r"\b\d{16,18}\b", stranger.text())
    number = re.search(r"\d{4}/\S+/2020", words).group(0)  # type: ignore[union-attr]
    page.get_by_role("link", name=re.compile(r"^Terbit \d+")).click()
    page.get_by_label("Cari nama").fill(number)
    admin.press("Cari")
    page.locator("tr", has_text=number).locator("a[href$='/ubah']").click()
    page.wait_for_load_state()
    page.get_by_label("Alasan").fill("Nama belum sesuai ijazah")
    admin.press("Cabut sertifikat")
    stranger.page.goto(code)
    assert "dicabut" in stranger.text()
    assert "Nama belum sesuai ijazah" in stranger.text()
