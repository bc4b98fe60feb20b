"""Every hook is documented with its arguments, and used by somebody."""

import inspect
import re
from pathlib import Path

from lms.contract import hookspecs

ROOT = Path(__file__).parents[2]
HOOKS = {name: value for name, value in vars(hookspecs).items() if name.startswith("lms_")}


def test_the_guide_describes_each_hook_with_its_arguments() -> None:
    guide = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    described = dict(re.findall(r"^\| `(lms_\w+)\(([^)]*)\)`", guide, flags=re.MULTILINE))
    assert described == {name: ", ".join(inspect.signature(hook).parameters) for name, hook in HOOKS.items()}


def test_each_hook_says_what_it_is_for() -> None:
    assert [
        name for name, hook in HOOKS.items() if not (hook.__doc__ or "").startswith(("Declared", "Asked"))
    ] == []


def test_each_hook_is_called_by_the_core_and_used_by_a_plugin() -> None:
    core = "\n".join(path.read_text() for path in (ROOT / "lms").rglob("*.py") if path.name != "hookspecs.py")
    used = "\n".join(
        path.read_text()
        for folder in ("plugins", "tests/fifth_plugin")
        for path in (ROOT / folder).rglob("plugin.py")
    )
    declared = {"lms_blueprints", "lms_commands"}
    assert [name for name in HOOKS if f'"{name}"' not in core and name not in declared] == []
    assert [name for name in HOOKS if f"def {name}(" not in used] == []
