"""A fifth plugin that nobody here knew: installed, used by real processes, removed.

Twice: on the embedded stack with two web processes, and on PostgreSQL, Redis and S3 with two web and
two worker processes. The people have phones without script.
"""

import io
import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lms.platform.embedded import free_port
from lms.testing.databases import PostgresqlDatabases
from lms.testing.printed import pdf_text
from tests.contract.machine import Machine, make_machine
from tests.fifth_plugin.phone import Phone, choices

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow


@pytest.fixture
def machine(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Machine]:
    found = make_machine(tmp_path, with_imbas=True)
    port = free_port()
    found.settings = {"LMS_PUBLIC_URL": f"http://127.0.0.1:{port}", "LMS_REQUIRE_TOTP": "false"}
    if database_kind == "postgresql":
        server = request.getfixturevalue("postgresql_server").url
        found.settings |= {
            "LMS_DATABASE_URL": PostgresqlDatabases(server, lambda _url: None).empty(),
            "LMS_BROKER_URL": request.getfixturevalue("valkey_server").url,
            "LMS_STORAGE_URL": "s3://imbas/files",
            "LMS_S3_ENDPOINT": request.getfixturevalue("bucket_address"),
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "y",
            "AWS_REGION": "us-east-1",
        }
    yield found
    found.stop()


@pytest.fixture(scope="session")
def bucket_address() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    urllib.request.urlopen(urllib.request.Request(f"{address}/imbas", method="PUT")).close()
    yield address
    server.stop()


def test_a_plugin_that_nobody_knew_works_and_goes_again(machine: Machine, database_kind: str) -> None:
    machine.lms("db", "upgrade")
    machine.pip("install", "--no-deps", "--no-build-isolation", str(HERE / "garden"))
    assert "garden" in machine.lms("plugins", "list")
    machine.lms("plugins", "check")
    machine.lms("db", "upgrade")
    assert "agree" in machine.lms("db", "check")
    assert "selamat berkebun" in machine.lms("garden", "greet")  # a command
    assert "sudah disiram" in machine.lms("garden", "water")  # one that writes
    ids = json.loads(machine.run(str(HERE / "school.py")).splitlines()[-1])
    base = machine.settings["LMS_PUBLIC_URL"]
    _start(machine, base, workers=2 if database_kind == "postgresql" else 1)
    people = {
        name: Phone(base, name)
        for name in ("guru", "tim", "kepala", "penilai", "admin", "asing", "pendamping")
    }
    _plant(people, ids)
    _visit(people, ids)
    _visit_without_a_network(people, ids)
    _take_the_quiz(people, ids)
    _hand_in_and_grade(people, ids)
    verification = _certify(machine, people, ids)
    _copy(people, ids)
    _remove(machine, people, ids, base, verification)


def _start(machine: Machine, base: str, workers: int) -> None:
    machine.start("web", "serve", "--port", base.rsplit(":", 1)[1], "--workers", "2")
    for number in range(workers):
        machine.start(f"worker{number}", "worker")
    _until(machine, lambda: _alive(base))


def _alive(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _plant(people: dict[str, Phone], ids: dict[str, int]) -> None:
    """A page, a table, a fact with its handler, a scheduled task, translations, a refusal."""
    garden = f"/m/garden/{ids['programme']}/{ids['school']}"
    team = people["tim"]
    board = f"/bukti/papan/{ids['programme']}/{ids['school']}"
    team.press(garden, garden, files={"picture": ("tomat.jpg", _picture(), "image/jpeg")}, plant="tomat")
    team.press(garden, garden, plant="bayam")
    assert team.get(f"{garden}/petak/1.jpg").headers["Content-Type"] == "image/jpeg"
    assert team.get(f"{garden}/petak/2.jpg").status_code == 404
    assert people["asing"].get(f"{garden}/petak/1.jpg").status_code == 403
    _until_it_says(team, garden, "tomat 1")  # painted by the handler, in the worker
    _until_it_says(team, garden, "sudah disiram")  # by the task, when its time came
    english = team.get(f"{garden}?lang=en").text
    assert "Our school garden" in english
    assert "watered" in english
    assert "Kebun sekolah kami" in team.get(f"{garden}?lang=id").text
    assert people["asing"].get(garden).status_code == 403
    assert team.get(f"{garden}/petak.txt").text.split() == ["tomat", "bayam"]
    assert "Foto kebun" in team.get(board).text


def _visit(people: dict[str, Phone], ids: dict[str, int]) -> None:
    """Whom a facilitator visits: schools, their people and the programme's days, as the core tells a plugin."""
    visits = people["pendamping"].get("/m/garden/kunjungan")
    assert "SD Negeri Kebun" in visits.text
    assert visits.text.count("; ") >= 1, "the headmaster and the quality team"
    assert "SD Negeri Kebun" not in people["asing"].get("/m/garden/kunjungan").text
    garden = f"/m/garden/{ids['programme']}/{ids['school']}"
    assert "Dikunjungi paling lambat" in people["pendamping"].get(garden).text
    home = people["pendamping"].get("/").text
    assert "Kunjungi kebun SD Negeri Kebun" in home
    assert "Kunjungi kebun" not in people["tim"].get("/").text
    agenda = people["pendamping"].press("/agenda", "/agenda", go="renew").text
    address = re.search(r'value="(http[^"]+\.ics)"', agenda)
    assert address, agenda
    with urllib.request.urlopen(address.group(1), timeout=20) as answer:  # a program that is not signed in
        calendar = answer.read().decode()
    assert "SUMMARY:Kunjungi kebun SD Negeri Kebun" in calendar
    picture = _picture()
    sent = {"proof": ("kunjungan.jpg", picture, "image/jpeg")}
    form = f"{garden}/kunjungan"
    page = people["pendamping"].press(form, form, files=sent, note="Tomatnya tumbuh")
    link = re.search(r"/m/garden/kunjungan/\d+/[0-9a-f]{32}", page.text)
    assert link, page.text
    told = people["tim"].get("/pemberitahuan").text
    assert "Kebun sekolah dikunjungi" in told
    assert "Kebun sekolah dikunjungi" not in people["asing"].get("/pemberitahuan").text
    shown = people["tim"].get(link.group())
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.content != picture, "written anew"
    assert people["asing"].get(link.group()).status_code == 403
    assert "Kunjungi kebun" not in people["pendamping"].get("/").text, "done"


def _visit_without_a_network(people: dict[str, Phone], ids: dict[str, int]) -> None:
    """A form that may be taken along, sent as the service worker sends it: once, with its photo, or refused in words."""
    visit, coach = f"/m/garden/{ids['programme']}/{ids['school']}/kunjungan", people["pendamping"]
    assert visit in coach.get("/tanpa-sinyal").text
    assert visit not in people["tim"].get("/tanpa-sinyal").text
    assert coach.get(visit).headers["X-Imbas-Offline"].split(" ")[0] == str(ids["pendamping"])
    assert people["tim"].get(visit).status_code == 403
    photo = ("jauh.jpg", _picture(), "image/jpeg")
    receipts = [coach.send_later(visit, "hp.1", proof=photo, note="Ditulis di kebun.") for _ in range(2)]
    assert receipts[0].json() == receipts[1].json()
    assert set(receipts[0].json()) == {"arrived"}
    refused = coach.send_later(visit, "hp.2", note="Tanpa bukti.")
    assert (refused.status_code, refused.json()["fields"]) == (422, {"proof": "Sertakan satu bukti."})
    assert coach.send_later(visit, "hp.3", note="Lama.", weather="cerah").status_code == 400
    assert coach.get(visit).text.count("Ditulis di kebun.") == 1


def _take_the_quiz(people: dict[str, Phone], ids: dict[str, int]) -> None:
    """An item type: shown, answered, scored by the worker, explained."""
    teacher = people["guru"]
    work = teacher.press("/kuis/1", "/kuis/1/mulai")
    assert "Berapa petak" in work.text
    attempt = re.search(r"/kuis/kerja/(\d+)/", work.url)
    assert attempt
    path = f"/kuis/kerja/{attempt.group(1)}"
    teacher.press(f"{path}/1", f"{path}/1", q1="4", go="check")
    teacher.press(f"{path}/periksa", f"{path}/kumpulkan")
    _until_it_says(teacher, f"/kuis/hasil/{attempt.group(1)}", "dari 100")


def _hand_in_and_grade(people: dict[str, Phone], ids: dict[str, int]) -> None:
    """A deliverable: a photo from the team, approved by the headmaster, graded with the core's rubric."""
    board = f"/bukti/papan/{ids['programme']}/{ids['school']}"
    opened = people["tim"].press(board, "/bukti/buka/")
    submission = opened.url.rsplit("/", 1)[1]
    files = {"file": ("kebun.jpg", _picture(), "image/jpeg")}
    people["tim"].press(
        f"/bukti/{submission}", f"/bukti/{submission}", files=files, note="Kebun kami", go="save"
    )
    people["kepala"].press(f"/bukti/{submission}", f"/bukti/{submission}", note="Kebun kami", go="hand_in")
    desk = f"/nilai/{submission}"
    page = people["penilai"].get(desk)
    best = {name: _best(values) for name, values in choices(page.text, desk).items()}
    people["penilai"].press(desk, desk, decision="accepted", **best)
    assert "Diterima" in people["tim"].get(f"/bukti/{submission}").text
    for told in ("tim", "kepala"):
        _until_it_says(people[told], "/pemberitahuan", "“Foto kebun” diterima.")
    assert "Foto kebun" not in people["guru"].get("/pemberitahuan").text, "a product of the school"


def _certify(machine: Machine, people: dict[str, Phone], ids: dict[str, int]) -> str:
    """A completion rule met, and a line on the certificate that was issued and printed."""
    overview = f"/sertifikat/program/{ids['programme']}"
    admin = people["admin"]
    _until(machine, lambda: "/terbitkan" in admin.get(overview).text)
    admin.press(f"{overview}/terbitkan", "/terbitkan")
    mine = "/sertifikat/saya"
    _until(machine, lambda: ".pdf" in people["guru"].get(mine).text)
    link = re.search(r"/sertifikat/\d+\.pdf", people["guru"].get(mine).text)
    assert link
    _until(machine, lambda: people["guru"].get(link.group()).content.startswith(b"%PDF"))
    _until_it_says(people["guru"], "/pemberitahuan", "sudah terbit.")
    text = pdf_text(people["guru"].get(link.group()).content)
    assert re.search(r"Petak kebun\W+2", text), text
    code = re.search(r"/v/([0-9A-Za-z-]+)", text)
    return f"/v/{code.group(1)}" if code else "/cek"


def _copy(people: dict[str, Phone], ids: dict[str, int]) -> None:
    """A programme copied for next year takes the plugin's rows along."""
    garden = f"/m/garden/{ids['programme']}/{ids['school']}"
    people["admin"].press(garden, "/keinginan", plant="pepaya")
    people["admin"].press(
        "/program/baru",
        "/program/salin",
        source=str(ids["programme"]),
        code="KEBUN-2",
        title="Kebun kedua",
        school_year="2021/2022",
        starts_on="2031-01-05",
    )
    assert "pepaya" in people["admin"].get(f"/m/garden/{ids['programme'] + 1}/keinginan").text


def _remove(
    machine: Machine, people: dict[str, Phone], ids: dict[str, int], base: str, verification: str
) -> None:
    """Uninstalled: the core upgrades, every page of its people works, the certificate stays."""
    machine.stop()
    machine.pip("uninstall", "-y", "imbas-garden")
    assert "garden: gone" not in machine.lms("plugins", "list")
    machine.lms("db", "upgrade")
    _start(machine, base, workers=1)
    visited = {
        (name, path): people[name].get(path).status_code
        for name, path in (
            ("admin", "/"),
            ("admin", f"/ruang-kendali/{ids['programme']}"),
            ("admin", f"/program/{ids['programme']}"),
            ("admin", f"/program/{ids['programme']}/naskah"),
            ("admin", f"/sertifikat/program/{ids['programme']}"),
            ("guru", "/"),
            ("guru", "/kuis/1"),
            ("guru", "/kuis/hasil/1"),
            ("guru", f"/tahap/{ids['stage']}"),
            ("guru", "/sertifikat/saya"),
            ("tim", "/"),
            ("tim", f"/bukti/papan/{ids['programme']}/{ids['school']}"),
            ("tim", "/bukti/1"),
            ("kepala", "/"),
            ("penilai", "/"),
            ("penilai", "/nilai/"),
            ("asing", "/"),
            ("asing", verification),
        )
    }
    # what only the module could show; the result has its numbers, and no explanations while attempts are left
    explained = {("tim", "/bukti/1")}
    assert {place for place, status in visited.items() if status == 409} == explained, machine.said()
    assert {place: status for place, status in visited.items() if status not in (200, 409)} == {}, (
        machine.said()
    )
    assert "tetap aman" in people["tim"].get("/bukti/1").text
    machine.stop()
    said = machine.lms("plugins", "purge", "garden", "--yes")
    assert "p_garden_bed" in said
    assert "removed 6 files" in said, "two proofs and a picture, each with its small picture"
    machine.lms("db", "upgrade")
    assert "agree" in machine.lms("db", "check")


def _picture() -> bytes:
    picture = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(picture, "JPEG")
    return picture.getvalue()


def _best(values: list[str]) -> str:
    return max(values, key=lambda value: (value.isdigit(), int(value) if value.isdigit() else value == "yes"))


def _until_it_says(phone: Phone, path: str, words: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while words not in (page := phone.get(path)).text:
        assert page.status_code == 200, (path, page.status_code, page.text[-1500:])
        assert time.monotonic() < end, page.text[-3000:]
        time.sleep(0.2)


def _until(machine: Machine, holds: Callable[[], Any], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.2)
    raise AssertionError(machine.said())
