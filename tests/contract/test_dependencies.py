"""What the core imports is what its distribution asks for; another library's needs do not count on it."""

import ast
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_every_import_of_the_core_is_asked_for() -> None:
    """The shipped test fixtures alone may count on the extra ``test``."""
    optional = PROJECT["optional-dependencies"]
    asked = _asked([*PROJECT["dependencies"], *optional["demo"], *optional["postgres"], *optional["s3"]])
    files = list((ROOT / "lms").rglob("*.py"))
    shipped_tests = set((ROOT / "lms/testing").rglob("*.py"))
    assert _strangers(set(files) - shipped_tests, asked) == set()
    assert _strangers(shipped_tests, asked | _asked(optional["test"])) == set()


def _strangers(files: set[Path], asked: set[str]) -> set[str]:
    distributions = packages_distributions()
    imported = {name for file in files for name in _imports(file)} - sys.stdlib_module_names - {"lms"}
    return {name for name in imported if not asked & {canonicalize_name(d) for d in distributions[name]}}


def _imports(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def _asked(lines: list[str], extras: frozenset[str] = frozenset(), seen: set[str] | None = None) -> set[str]:
    """Names of all distributions that come with the requirements in ``lines``."""
    seen = set() if seen is None else seen
    for wanted in map(Requirement, lines):
        name = canonicalize_name(wanted.name)
        wants = not wanted.marker or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        if wants and name not in seen:
            seen.add(name)
            _asked(_requirements(name), frozenset(wanted.extras), seen)
    return seen


def _requirements(distribution: str) -> list[str]:
    try:
        return requires(distribution) or []
    except PackageNotFoundError:  # another platform's
        return []
