"""The core's distribution as strangers get it: its wheel alone, and its tests without any plugin."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.contract.machine import make_machine

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
TOUCHED = (
    "unit/platform",
    "functional/programmes",
    "functional/test_audit_trail.py",
    "functional/test_doctor.py",
    "functional/test_doctor_in_trouble.py",
    "functional/test_first_days.py",
    "functional/test_personal_data.py",
    "functional/test_races.py",
    "functional/test_school_accounts.py",
    "functional/test_second_factor.py",
)


def test_the_core_alone_installs_from_its_wheel_and_starts(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "-q",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            tmp_path,
            ROOT,
        ],
        check=True,
        capture_output=True,
    )
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


def test_the_core_works_with_all_plugins_uninstalled(tmp_path: Path) -> None:
    """All its tests can be imported; those of what plugins may touch pass: programmes, accounts, trail, schema, doctor."""
    machine = make_machine(tmp_path, with_imbas=False)
    site = Path(machine.run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip())
    (site / "core.pth").write_text(f"{ROOT}\n{ROOT / 'demo'}\n")  # tests use what invented people write
    probe = "from importlib.metadata import entry_points; print(len(entry_points(group='lms.plugins')))"
    assert machine.run("-c", probe).strip() == "0"
    ours = ("-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--db", "sqlite", "-p", "no:cacheprovider")
    machine.run(
        *ours, "--collect-only", "-q", *(str(ROOT / "tests" / folder) for folder in ("unit", "functional"))
    )
    said = machine.run(
        *ours,
        "-n",
        "2",
        "-m",
        "not modules and not slow",
        "-k",
        "not postgresql",  # the same tests run there with the plugins
        *(str(ROOT / "tests" / path) for path in TOUCHED),
    )
    assert " passed" in said.splitlines()[-1], said[-2000:]


_PROBE = """
from lms.platform.application import platform
from lms.app import create_app
app = create_app()
assert platform(app).plugins.registry.plugins == {}, platform(app).plugins.registry.plugins
assert app.test_client().get("/livez").status_code == 200
assert app.test_client().get("/masuk").status_code == 200
"""
