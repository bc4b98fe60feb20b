"""Who may import whom, for every folder that is there: nothing here names one, so none can be forgotten.

The layers between folders stand in ``pyproject.toml`` (exhaustive). These are the rules inside a
folder, between domains, for plugins, and what a use case may not do.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LMS = ROOT / "lms"
DOMAINS = sorted(path.parent.name for path in LMS.glob("*/api.py"))
DOMAINS_WITH_PAGES = sorted(
    {path.relative_to(LMS).parts[0] for path in [*LMS.glob("*/views.py"), *LMS.glob("**/views/__init__.py")]}
)
PLUGINS = sorted(
    path.parent
    for path in [*ROOT.glob("plugins/*/pyproject.toml"), *ROOT.glob("tests/fifth_plugin/*/pyproject.toml")]
)
EDGES = {"blueprint", "views", "handlers", "tasks", "cli", "current_user", "navigation", "setup", "letters"}
"""Files of a domain that something outside calls: a browser, the worker, a shell, ``create_app``; or that speak to people."""
WEB = {"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms"}
IMPURE = {"flask", "sqlalchemy", "celery", "flask_sqlalchemy", "wtforms"}
WRITERS = {
    f"{name}.py"
    for name in (
        "web/idempotent_command",
        "web/routing",
        "platform/outbox",
        "platform/worker",
        "platform/retention",
        "platform/storage_check",
        "platform/plugin_failures",
        "platform/transaction",
    )
}
"""Mutating request, relay, task, what is noted after them, the transaction itself; else edges and commands."""


def test_there_is_something_to_look_at() -> None:
    assert len(DOMAINS) >= 7
    assert len(PLUGINS) >= 5
    assert len(list(_imports(LMS / "app.py"))) > 10


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_is_reached_through_its_api(domain: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in _files(LMS)
        if (importer := path.relative_to(LMS).parts[0]) in {*DOMAINS, "testing", "cli"} and importer != domain
        for module in _imports(path)
        if module.startswith(f"lms.{domain}.") and module.split(".")[2] != "api"
    ]
    assert found == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_an_api_holds_only_what_somebody_outside_uses(domain: str) -> None:
    interface = _tree(LMS / domain / "api.py")
    offered = next(
        ast.literal_eval(node.value)
        for node in interface.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    used = {
        name
        for folder in ("lms", "demo", "plugins", "tests", "bench", "docs")
        for path in _files(ROOT / folder)
        if not path.is_relative_to(LMS / domain)
        for name in _used_of(path, f"lms.{domain}.api")
    }
    assert sorted({*offered} - used) == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_inside_a_domain_imports_point_down(domain: str) -> None:
    """Edges -> forms -> api -> use cases -> models -> pure files, which know the contract alone.

    Rooms, the subjects of a large domain, have contracts of their own in ``pyproject.toml``.
    """
    pure = {
        path
        for path in _files(LMS / domain)
        if not any(module.split(".")[0] in IMPURE or _knows_more(module, domain) for module in _imports(path))
    }
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in _files(LMS / domain)
        for module in _imports(path)
        if module.startswith(f"lms.{domain}.")
        and (other := _file_of(module)) not in pure
        and _rank(path) < _rank(other)
    ]
    assert found == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_uses_the_api_and_no_other_plugin(plugin: Path) -> None:
    others = {f"imbas_{other.name}" for other in PLUGINS if other != plugin}
    found = []
    for path in _files(plugin):
        interfaces = (
            ("lms.api", "lms.testing") if "tests" in path.parts[len(plugin.parts) :] else ("lms.api",)
        )
        for module in _imports(path):
            top = module.split(".")[0]
            if top in others or (
                top == "lms" and not any(_inside(module, interface) for interface in interfaces)
            ):
                found.append(f"{path.relative_to(ROOT)}: {module}")
    assert found == []


def test_every_plugin_package_is_named_after_its_folder() -> None:
    assert [path.name for path in PLUGINS if not (path / f"imbas_{path.name}" / "plugin.py").exists()] == []


def test_rules_and_the_contract_load_without_flask_sqlalchemy_or_celery() -> None:
    """Import-linter sees the imports; this really does without, in a process of its own."""
    modules = ["lms.contract"]
    modules += [f"lms.contract.{path.stem}" for path in (LMS / "contract").glob("[a-z]*.py")]
    modules += [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in LMS.glob("**/rules.py")]
    modules.remove("lms.contract.hookspecs")  # marks hooks with pluggy; looked at by import-linter
    program = (
        "import sys, importlib\n"
        "for name in ('flask', 'sqlalchemy', 'celery', 'flask_sqlalchemy'): sys.modules[name] = None\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_commit_stands_in_one_place() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in (LMS, ROOT / "demo", ROOT / "migrations", ROOT / "plugins")
        for path in _files(folder)
        if "tests" not in path.relative_to(ROOT).parts
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }
    assert found == {"lms/platform/transaction.py"}


def test_only_the_edges_open_a_write_transaction() -> None:
    """A use case gets its session; it never opens, commits or nests one."""
    found = []
    for path in _files(LMS):
        place = path.relative_to(LMS)
        edge = str(place) in WRITERS or place.parts[0] in {"cli", "testing"}
        if edge or (place.parts[0] in DOMAINS and _rank(path) == EDGE):
            continue
        if any(module == "lms.platform.transaction.write" for module in _imports(path)):
            found.append(str(place))
    assert found == ["api.py"], "the interface passes it on, for commands of plugins"


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_of_a_plugin_only_its_commands_open_a_write_transaction(plugin: Path) -> None:
    found = {
        path.name
        for path in _files(plugin / f"imbas_{plugin.name}")
        if "lms.api.write" in set(_imports(path))
    }
    assert found <= {"plugin.py", "commands.py"}


def test_a_use_case_knows_neither_flask_nor_pages() -> None:
    """What serves the web stands at the edges; a worker or a command calls the same use cases."""
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for domain in DOMAINS_WITH_PAGES
        for path in _files(LMS / domain)
        if _rank(path) < FORMS
        for module in _imports(path)
        if module.split(".")[0] in WEB or _inside(module, "lms.web")
    ]
    assert found == []


EDGE, FORMS = 5, 4


def _rank(path: Path) -> int:
    """How high a file stands in its domain, whatever room it is in."""
    _domain, *parts = path.relative_to(LMS).with_suffix("").parts
    if any(part in EDGES for part in parts):
        return EDGE
    return {"forms": FORMS, "api": 3, "models": 1}.get(parts[-1], 2)


def _file_of(module: str) -> Path:
    """The file of ``module``, or of the module that the name at its end is taken from."""
    place = ROOT.joinpath(*module.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.exists():
            return file
    return _file_of(module.rpartition(".")[0])


def _knows_more(module: str, domain: str) -> bool:
    return module.startswith("lms.") and not module.startswith(("lms.contract.", f"lms.{domain}."))


def _inside(module: str, interface: str) -> bool:
    return module == interface or module.startswith(f"{interface}.")


def _used_of(path: Path, interface: str) -> Iterator[str]:
    """Names that a file takes from ``interface``: imported from it, or asked of it."""
    called = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if node.module == interface:
                    yield alias.name
                elif f"{node.module}.{alias.name}" == interface:
                    called.add(alias.asname or alias.name)
    if called:
        for node in ast.walk(_tree(path)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in called
            ):
                yield node.attr


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Dotted names that a file imports: ``from a.b import c`` is ``a.b.c``."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide from this test"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
