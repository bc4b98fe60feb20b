"""A broken plugin is refused with all its faults named; a failing one hurts nobody else."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from lms.contract.actors import Actor, Place
from lms.contract.errors import PluginFault
from lms.contract.hookspecs import hookimpl
from lms.contract.modules import Deliverable, Unit
from lms.contract.plugin import Link, PluginInfo
from lms.contract.rubrics import Rubric, ScaleKind
from lms.contract.text import Text
from lms.platform.plugins import load
from lms.platform.registry import CoreValues

ACTOR = Actor(1, "Ibu Guru 1", "id", (), 1)


def info(name: str, api: str = ">=1.0,<2", requires: tuple[str, ...] = ()) -> Callable[[], PluginInfo]:
    @hookimpl
    def lms_plugin() -> PluginInfo:
        return PluginInfo(name, Text(name, name), "1.0", api, requires)

    return lms_plugin


def deliverables(*keys: str) -> Callable[[], tuple[Deliverable, ...]]:
    @hookimpl
    def lms_deliverables() -> tuple[Deliverable, ...]:
        return tuple(
            Deliverable(key, Text(key, key), Unit.SCHOOL, "r", frozenset({"pdf"}), Text("", ""))
            for key in keys
        )

    return lms_deliverables


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., EntryPoint]:
    def make(name: str, **hooks: object) -> EntryPoint:
        module = ModuleType(f"stranger_{name}")
        for hook, function in hooks.items():
            setattr(module, hook, function)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, module.__name__, "lms.plugins")

    return make


def test_a_sound_plugin_is_collected(install: Callable[..., EntryPoint]) -> None:
    point = install("garden", lms_plugin=info("garden"), lms_deliverables=deliverables("garden.report"))
    manager = load(CoreValues(), found=[point])
    assert manager.names == ("garden",)
    assert list(manager.registry.deliverables) == ["garden.report"]


def test_switched_off_plugins_are_left_out(install: Callable[..., EntryPoint]) -> None:
    point = install("garden", lms_plugin=info("garden"))
    assert load(CoreValues(), off=frozenset({"garden"}), found=[point]).names == ()


def misspelt() -> object:
    @hookimpl
    def lms_deliverabels() -> tuple[()]:
        return ()

    return lms_deliverabels


@pytest.mark.parametrize(
    ("hooks", "sentence"),
    [
        ({}, "garden: hook lms_plugin is missing"),
        ({"lms_plugin": info("garden", api=">=2")}, "garden: needs API >=2, this is 1.0"),
        ({"lms_plugin": info("garden", requires=("river",))}, "garden: needs plugin river"),
        ({"lms_plugin": info("flower")}, "says its name is 'flower'"),
        ({"lms_plugin": info("garden"), "lms_deliverabels": misspelt()}, "there is no hook lms_deliverabels"),
        (
            {"lms_plugin": info("garden"), "lms_deliverables": deliverables("report")},
            "deliverable 'report' must start with 'garden.'",
        ),
        (
            {"lms_plugin": info("garden"), "lms_deliverables": deliverables("garden.a", "garden.a")},
            "deliverable 'garden.a' is already taken",
        ),
    ],
)
def test_each_fault_is_named(
    install: Callable[..., EntryPoint], hooks: dict[str, object], sentence: str
) -> None:
    with pytest.raises(PluginFault, match=sentence.replace("(", r"\(")):
        load(CoreValues(), found=[install("garden", **hooks)])


def test_all_faults_at_once(install: Callable[..., EntryPoint]) -> None:
    points = [
        install("garden", lms_plugin=info("garden", api=">=2"), lms_deliverables=deliverables("report")),
        install("river"),
        EntryPoint("missing", "no_such_module_at_all", "lms.plugins"),
    ]
    with pytest.raises(PluginFault) as caught:
        load(CoreValues(), found=points)
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize(
    ("first", "second"), [("garden", "garden_two"), ("garden", "core"), ("garden", "garden")]
)
def test_names_that_would_mix_up_tables_are_refused(
    install: Callable[..., EntryPoint], first: str, second: str
) -> None:
    points = [install(name, lms_plugin=info(name)) for name in (first, second)]
    with pytest.raises(PluginFault, match=rf"^{second}: [^\n]*$"):
        load(CoreValues(), found=points)


def test_a_taken_core_key_is_refused(install: Callable[..., EntryPoint]) -> None:
    @hookimpl
    def lms_rubrics() -> tuple[Rubric, ...]:
        return (Rubric("garden.check", "1.0", Text("", ""), ScaleKind.BINARY, ()),)

    core = CoreValues(rubrics=(Rubric("garden.check", "1.0", Text("", ""), ScaleKind.BINARY, ()),))
    with pytest.raises(PluginFault, match="already taken"):
        load(core, found=[install("garden", lms_plugin=info("garden"), lms_rubrics=lms_rubrics)])


def test_asking_goes_on_when_one_plugin_raises(install: Callable[..., EntryPoint]) -> None:
    @hookimpl
    def fails(actor: Actor) -> list[Link]:
        raise ZeroDivisionError(actor.full_name)

    @hookimpl
    def works(actor: Actor) -> list[Link]:
        return [Link(actor.full_name, "/")]

    manager = load(
        CoreValues(),
        found=[
            install("alpha", lms_plugin=info("alpha"), lms_navigation=fails),
            install("beta", lms_plugin=info("beta"), lms_navigation=works),
        ],
    )
    answers = manager.ask("lms_navigation", actor=ACTOR, place=Place())
    assert answers == [("beta", (Link("Ibu Guru 1", "/"),))]
    noted = manager.failures.take(datetime(2020, 9, 1, tzinfo=UTC))
    assert noted["alpha", "lms_navigation"].error.startswith("ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        manager.ask("lms_navigation", strict=True, actor=ACTOR, place=Place())
