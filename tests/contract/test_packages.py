"""Distributions as strangers get them: the core alone, and a fifth plugin that nobody here knew."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.contract.machine import make_machine

ROOT = Path(__file__).parents[2]
GARDEN = ROOT / "tests" / "fifth" / "garden"
pytestmark = pytest.mark.slow


def test_the_core_alone_installs_from_its_wheel_and_starts(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "-q", "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path, ROOT],
        check=True, capture_output=True,
    )  # fmt: skip
    wheel = next(tmp_path.glob("imbas-*.whl"))
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"lms"}
    machine = make_machine(tmp_path, with_imbas=False)
    site = Path(machine.run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip())
    zipfile.ZipFile(wheel).extractall(site)
    assert str(site) in machine.run("-c", "import lms; print(lms.__file__)")
    machine.lms("db", "upgrade")
    assert "agree" in machine.lms("db", "check")
    machine.run("-c", _PROBE)


def test_the_cores_tests_pass_with_all_plugins_uninstalled(tmp_path: Path) -> None:
    machine = make_machine(tmp_path, with_imbas=False)
    site = Path(machine.run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip())
    (site / "core.pth").write_text(f"{ROOT}\n")
    probe = "from importlib.metadata import entry_points; print(len(entry_points(group='lms.plugins')))"
    assert machine.run("-c", probe).strip() == "0"
    tests = [str(ROOT / "tests" / folder) for folder in ("unit", "functional")]
    said = machine.run(
        "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--db", "sqlite", "-p", "no:cacheprovider", *tests
    )
    assert " passed" in said.splitlines()[-1], said[-2000:]


_PROBE = """
from lms.app import create_app
app = create_app()
assert app.extensions["plugins"].registry.plugins == {}, app.extensions["plugins"].registry.plugins
assert app.test_client().get("/livez").status_code == 200
assert app.test_client().get("/masuk").status_code == 200
"""


def test_a_plugin_that_nobody_knew_works_and_goes_again(tmp_path: Path) -> None:
    machine = make_machine(tmp_path, with_imbas=True)
    machine.lms("db", "upgrade")
    machine.pip("install", "--no-deps", "--no-build-isolation", str(GARDEN))
    assert "garden" in machine.lms("plugins", "list")
    machine.lms("plugins", "check")
    machine.lms("db", "upgrade")
    assert "agree" in machine.lms("db", "check")
    assert "selamat berkebun" in machine.lms("garden", "greet")
    assert json.loads(machine.run("-c", _USE).splitlines()[-1]) == {
        "page": 200,
        "english": True,
        "beds": 2,
        "watered": 2,
        "rule_before": "garden.planted",
        "rule_after": True,
        "deliverable": True,
        "item": "1",
        "line": "Petak kebun",
        "stranger": 403,
    }
    machine.pip("uninstall", "-y", "imbas-garden")
    assert "garden" not in machine.lms("plugins", "list").replace("garden: gone", "")
    machine.lms("db", "upgrade")
    assert json.loads(machine.run("-c", _AFTER).splitlines()[-1]) == {"home": 303, "board": 200}
    machine.lms("plugins", "purge", "garden", "--yes")
    machine.lms("db", "upgrade")


_USE = """
import json
from datetime import UTC, date, datetime
from lms.app import create_app
from lms.assessment import api as assessment
from lms.certificates import api as certificates
from lms.completion import api as completion
from lms.contract.actors import Role
from lms.contract.plugin import Award
from lms.evidence import api as evidence
from lms.people import api as people
from lms.platform.db import db
from lms.platform.plugins import plugins, registry
from lms.platform.transaction import write
from lms.platform.worker import run_due_tasks
from lms.programmes import api as programmes
from lms.testing.people import make_agency, make_person, make_school, sign_in
from sqlalchemy import text

NOW = datetime(2020, 9, 10, 2, 0, tzinfo=UTC)
SIGNER = {"position": "Kepala", "name": "Contoh"}
DEFINITION = {
    "code": "KEBUN", "title": "Program kebun", "school_year": "2020/2021",
    "participants": [{"role": "teacher"}],
    "stages": [{
        "no": 1, "title": "Satu", "starts_on": "2020-09-01", "ends_on": "2020-09-30",
        "on_service_due_at": "2020-09-30T16:00:00+07:00",
        "deliverables": [{"key": "garden.photo", "due_at": "2020-09-30T16:00:00+07:00"}],
        "rules": [{"rule": "garden.planted", "params": {"beds": 2}}],
    }],
    "certificate": {"activity": "Kebun", "city": "Palembang", "signer": SIGNER, "responsible": SIGNER},
}
app = create_app(clock=lambda: NOW)
found = {}
with app.app_context():
    with write() as session:
        agency = make_agency(session)
        school = make_school(session, agency, npsn="99100001")
        team = make_person(session, Role.QUALITY_TEAM, school=school).id
        stranger = make_person(session, Role.QUALITY_TEAM, school=make_school(session, agency)).id
        head = make_person(session, Role.HEADMASTER, school=school, username="kepala").id
        admin = make_person(session, Role.ADMIN, agency=agency).id
        programme = programmes.create_programme(
            session, agency_id=agency.id, definition=programmes.parse(DEFINITION), actor_id=admin, now=NOW)
        programmes.add_school(session, programme_id=programme.id, school_id=school.id,
                              kind=programmes.SchoolKind.MODEL)
        ids = (programme.id, school.id, agency.id)
    with write() as session:
        completion.recompute(session, programme_id=ids[0], now=NOW)
    reasons = [reason["rule"] for row in completion.states_of_schools(
        db.session(), programme_id=ids[0], school_ids=[ids[1]]) for reason in row.reasons]
    found["rule_before"] = next(rule for rule in reasons if rule.startswith("garden"))
    db.session.remove()
address = f"/m/garden/{ids[0]}/{ids[1]}"
client = sign_in(app, team)
for plant in ("tomat", "bayam"):
    assert client.post(address, data={"plant": plant, "_key": plant}).status_code == 303
found["page"] = client.get(address).status_code
english, indonesian = client.get(address + "?lang=en").text, client.get(address + "?lang=id").text
found["english"] = "Our school garden" in english and "Our school garden" not in indonesian
found["stranger"] = sign_in(app, stranger).get(address).status_code
with app.app_context():
    run_due_tasks(lambda: NOW)
    with write() as session:
        completion.recompute(session, programme_id=ids[0], now=NOW)
    session = db.session()
    found["beds"] = session.execute(text("select count(*) from p_garden_bed")).scalar()
    found["watered"] = session.execute(
        text("select count(*) from p_garden_bed where watered_at is not null")).scalar()
    reasons = [reason["rule"] for row in completion.states_of_schools(
        session, programme_id=ids[0], school_ids=[ids[1]]) for reason in row.reasons]
    found["rule_after"] = not any(rule.startswith("garden") for rule in reasons)
    stage = programmes.stages_of(session, ids[0])[0]
    found["deliverable"] = [due.deliverable_key for due in evidence.dues_of(session, [stage.id])] == ["garden.photo"]
    kind = registry().item_types["garden.how_many"]
    found["item"] = str(kind.score({"stem": "?"}, {"count": 4}, kind.parse({}, {"": ["4"]})).earned)
    award = Award(programme_id=ids[0], school_id=ids[1], enrolment_id=None, final_score=None)
    lines = [line for name, lines in plugins().ask("lms_certificate_lines", session=session, award=award)
             if name == "garden" for line in lines]
    found["line"] = lines[0].label.id
print(json.dumps(found))
"""

_AFTER = """
import json
from datetime import UTC, datetime
from lms.app import create_app
from lms.completion import api as completion
from lms.people import api as people
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import sign_in

NOW = datetime(2020, 9, 11, 2, 0, tzinfo=UTC)
app = create_app(clock=lambda: NOW)
with app.app_context():
    with write() as session:
        completion.recompute(session, programme_id=1, now=NOW)
    head = people.person_by_username(db.session(), "kepala").id
    db.session.remove()
client = sign_in(app, head)
print(json.dumps({"home": app.test_client().get("/").status_code, "board": client.get("/bukti/papan/1/1").status_code}))
"""
