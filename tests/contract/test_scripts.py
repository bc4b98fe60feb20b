"""Scripts and styles: their types, their style, what old phones understand, and the tests of what waits there.

Wants Node.js, and for types and style what ``make scripts`` installs; skipped where they are missing.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from lms.web.bundles import bundled

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "node_modules/.bin"
SCRIPT_FOLDERS = [
    folder
    for folder in [*ROOT.glob("lms/*/static"), *ROOT.glob("plugins/*/*/static")]
    if any(folder.rglob("*.js"))
]


def _run(*command: str | Path) -> None:
    done = subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


@pytest.fixture
def node() -> str:
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node.js is not installed (install the package nodejs)")
    return str(program)


@pytest.fixture
def tools(node: str) -> Path:
    if not TOOLS.is_dir():
        pytest.skip("checks of scripts are not installed (make scripts)")
    return TOOLS


def test_what_waits_without_a_network_is_kept_and_sent(node: str) -> None:
    tests = sorted((ROOT / "tests/scripts").glob("*.test.js"))
    assert len(tests) >= 3
    _run(node, "--test", *tests)


def test_types_of_scripts(tools: Path) -> None:
    _run(tools / "tsc")


def test_style_of_scripts_and_styles(tools: Path) -> None:
    _run(tools / "biome", "ci")


@pytest.mark.parametrize("folder", SCRIPT_FOLDERS, ids=lambda folder: folder.parent.name)
def test_old_phones_understand_what_is_published(tools: Path, tmp_path: Path, folder: Path) -> None:
    """Chrome of 2018 knows modules (61) and ECMAScript 2017, and nothing later. Source: requirement U12."""
    for path, content in bundled(folder):
        if path.suffix == ".js":
            published = tmp_path / path.name
            published.write_bytes(content)
            _run(tools / "acorn", "--ecma2017", "--module", "--silent", published)


def test_what_is_installed_for_the_checks_is_pinned_by_hashes_and_names_no_address() -> None:
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock
