"""Every hook is documented with its arguments, and used by somebody."""

import inspect
import logging
import re
import sys
from collections.abc import Callable, Generator
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest

from lms.app import core_values
from lms.contract import hookspecs
from lms.contract.actors import Actor, Place
from lms.contract.hookspecs import hookimpl
from lms.contract.plugin import Link, Plugin
from lms.contract.text import Localized
from lms.platform.plugins import PluginManager, load
from lms.platform.registry import CoreValues

ROOT = Path(__file__).parents[2]
HOOKS = {name: value for name, value in vars(hookspecs).items() if name.startswith("lms_")}


def test_the_guide_describes_each_hook_with_its_arguments() -> None:
    guide = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    described = dict(re.findall(r"^\| `(lms_\w+)\(([^)]*)\)`", guide, flags=re.MULTILINE))
    assert described == {name: ", ".join(inspect.signature(hook).parameters) for name, hook in HOOKS.items()}


def test_the_guide_describes_each_field_of_what_is_declared() -> None:
    guide = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    table = guide[guide.index("| field | what it holds |") : guide.index("## What a plugin is asked")]
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == [
        field.name for field in fields(Plugin)
    ]


def test_each_hook_says_what_it_is_for() -> None:
    assert [name for name, hook in HOOKS.items() if not (hook.__doc__ or "").startswith("Asked")] == []


def test_each_field_is_used_by_a_plugin() -> None:
    """Written there, or read out of a file of content."""
    written, installed = _of_plugins(), load(core_values()).registry.plugins.values()
    assert [
        field.name
        for field in fields(Plugin)
        if f"        {field.name}=" not in written
        and not any(getattr(plugin, field.name) for plugin in installed)
    ] == []


def test_each_hook_is_called_by_the_core_and_used_by_a_plugin() -> None:
    core = "\n".join(path.read_text() for path in (ROOT / "lms").rglob("*.py") if path.name != "hookspecs.py")
    assert [name for name in HOOKS if f'"{name}"' not in core] == []
    used = _of_plugins()
    assert [name for name in HOOKS if not re.search(rf"^(def {name}\(|{name} = )", used, re.MULTILINE)] == []


def _of_plugins() -> str:
    return "\n".join(
        path.read_text()
        for folder in ("plugins", "tests/fifth_plugin")
        for path in (ROOT / folder).rglob("plugin.py")
    )


NOW = datetime(2020, 9, 1, tzinfo=UTC)
ACTOR = Actor(1, "Ibu Guru 1", "id", (), 1)
Loaded = Callable[..., PluginManager]


def declares(name: str) -> Callable[[], Plugin]:
    return lambda: Plugin(name=name, title=Localized(id=name, en=name), version="1.0", api=">=2.0,<3")


def links(name: str, **options: Any) -> Callable[[], list[Link]]:
    @hookimpl(**options)
    def lms_navigation() -> list[Link]:
        return [Link(name, f"/{name}")]

    return lms_navigation


def failing(**options: Any) -> Callable[[], list[Link]]:
    @hookimpl(**options)
    def lms_navigation() -> list[Link]:
        raise ZeroDivisionError

    return lms_navigation


def wrapping(before: Callable[[], Any], after: Callable[[list[Any]], Any], *, old: bool) -> Callable[[], Any]:
    """A wrapper of either kind: ``after`` gets the answers and gives what is handed on."""
    if old:

        @hookimpl(hookwrapper=True)
        def lms_navigation() -> Generator[None, Any, None]:
            before()
            outcome = yield
            outcome.force_result(after(outcome.get_result()))

    else:

        @hookimpl(wrapper=True)
        def lms_navigation() -> Generator[None, Any, Any]:
            before()
            answers = yield
            return after(answers)

    return lms_navigation


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """A manager of plugins: name -> their implementation of lms_navigation."""

    def make(trace: bool = False, **navigation: Callable[[], Any]) -> PluginManager:
        points = []
        for name, function in navigation.items():
            module = ModuleType(f"stranger_{name}")
            module.lms_plugin, module.lms_navigation = declares(name), function  # type: ignore[attr-defined]
            monkeypatch.setitem(sys.modules, module.__name__, module)
            points.append(EntryPoint(name, module.__name__, "lms.plugins"))
        return load(CoreValues(), trace=trace, found=points)

    return make


def asked(manager: PluginManager, **options: bool) -> list[str]:
    answers = manager.ask("lms_navigation", actor=ACTOR, place=Place(), **options)
    assert all(owner == link.text for owner, offered in answers for link in offered)
    return [owner for owner, _offered in answers]


def test_plugins_answer_in_the_order_of_their_names_and_wishes(loaded: Loaded) -> None:
    assert asked(loaded(beta=links("beta"), alpha=links("alpha"), gamma=links("gamma"))) == [
        "alpha",
        "beta",
        "gamma",
    ]
    manager = loaded(
        alpha=links("alpha", trylast=True),
        beta=links("beta"),
        gamma=links("gamma"),
        zeta=links("zeta", tryfirst=True),
    )
    assert asked(manager) == ["zeta", "beta", "gamma", "alpha"]
    assert manager.names == ("alpha", "beta", "gamma", "zeta")


@pytest.mark.parametrize("old", [False, True])
def test_a_wrapper_sees_and_changes_what_the_others_answer(loaded: Loaded, old: bool) -> None:
    said: list[str] = []

    def after(answers: list[Any]) -> list[Any]:
        said.append(f"after {[offered[0].text for offered in answers]}")
        return [*answers[1:], [Link("mid", "/mid")]]

    manager = loaded(
        alpha=links("alpha"), mid=wrapping(lambda: said.append("before"), after, old=old), zeta=links("zeta")
    )
    assert asked(manager) == ["zeta", "mid"]
    assert said == ["before", "after ['alpha', 'zeta']"]


def nothing(*_arguments: Any) -> Any:
    return None


def same(answers: list[Any]) -> list[Any]:
    return answers


def breaks(*_arguments: Any) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize(
    ("before", "after"),
    [(breaks, same), (nothing, breaks), (nothing, nothing), (nothing, lambda _answers: [3])],
    ids=["at once", "at the end", "answers None", "answers what is no list of links"],
)
def test_a_wrapper_that_fails_is_as_if_it_were_not_there(
    loaded: Loaded, before: Callable[[], Any], after: Callable[[list[Any]], Any], old: bool
) -> None:
    manager = loaded(alpha=links("alpha"), mid=wrapping(before, after, old=old), zeta=links("zeta"))
    assert asked(manager) == ["alpha", "zeta"]
    assert list(manager.failures.take(NOW)) == [("mid", "lms_navigation")]
    if before is breaks:
        with pytest.raises(ZeroDivisionError):
            asked(manager, strict=True)


def test_a_wrapper_works_around_a_plugin_that_fails(loaded: Loaded) -> None:
    manager = loaded(
        alpha=failing(tryfirst=True),
        beta=wrapping(nothing, same, old=False),
        gamma=wrapping(nothing, same, old=True),
        zeta=links("zeta"),
    )
    assert asked(manager) == ["zeta"]
    assert list(manager.failures.take(NOW)) == [("alpha", "lms_navigation")]
    with pytest.raises(ZeroDivisionError), pytest.warns(pluggy.PluggyTeardownRaisedWarning):
        asked(manager, strict=True)


def test_a_wrapper_that_does_not_yield_hurts_nobody(loaded: Loaded) -> None:
    @hookimpl(wrapper=True)
    def lms_navigation() -> Generator[None, Any, Any]:
        if ACTOR.full_name == "":
            yield
        return []

    manager = loaded(alpha=links("alpha"), mid=lms_navigation)
    assert asked(manager) == ["alpha"]


def test_a_hook_of_another_version_may_be_optional(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    @hookimpl(optionalhook=True)
    def lms_of_tomorrow() -> None:
        pass

    module = ModuleType("stranger_garden")
    module.lms_plugin, module.lms_of_tomorrow = declares("garden"), lms_of_tomorrow  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert load(CoreValues(), found=[EntryPoint("garden", module.__name__, "lms.plugins")]).names == (
        "garden",
    )


def test_traced_calls_say_hook_plugins_and_time_and_nothing_of_people(
    loaded: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "lms.platform.hook_calls"):
        manager = loaded(trace=True, alpha=links("alpha"), beta=failing())
        assert asked(manager) == ["alpha"]
    said = [record.getMessage() for record in caplog.records if record.name == "lms.platform.hook_calls"]
    assert "hook lms_navigation: asks alpha, beta" in said
    assert re.fullmatch(r"hook lms_navigation: 1 answers in \d+\.\d ms", said[-1])
    assert ACTOR.full_name not in "\n".join(said)
    caplog.clear()
    asked(loaded(alpha=links("alpha")))
    assert not [record for record in caplog.records if record.name == "lms.platform.hook_calls"]
