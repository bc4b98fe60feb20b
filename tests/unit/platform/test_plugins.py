"""Plugins are collected under their keys; one that fails when it is asked hurts nobody else."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from lms.contract.actors import Actor, Place
from lms.contract.errors import PluginFault
from lms.contract.hookspecs import hookimpl
from lms.contract.modules import Deliverable, Unit
from lms.contract.plugin import Link, Plugin
from lms.contract.rubrics import Criterion, Rubric, ScaleKind
from lms.contract.text import Localized
from lms.platform.plugins import load
from lms.platform.registry import CoreValues

ACTOR = Actor(1, "Ibu Guru 1", "id", (), 1)
TEXT = Localized(id="Cek", en="Check")
RUBRIC = Rubric("check", "1.0", TEXT, ScaleKind.BINARY, (Criterion("A", "Ada"),))
CORE = CoreValues(rubrics=(RUBRIC,))
Install = Callable[..., EntryPoint]


def deliverable(key: str) -> Deliverable:
    return Deliverable(key, TEXT, Unit.SCHOOL, "check", frozenset({"pdf"}), TEXT)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    def make(name: str, hooks: dict[str, Any] | None = None, **fields: Any) -> EntryPoint:
        module = ModuleType(f"stranger_{name}")
        declared = {
            "name": name,
            "title": Localized(id=name, en=name),
            "version": "1.0",
            "api": ">=2.0,<3",
            **fields,
        }
        vars(module).update(lms_plugin=lambda: Plugin(**declared), **(hooks or {}))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, module.__name__, "lms.plugins")

    return make


def test_a_sound_plugin_is_collected(install: Install) -> None:
    point = install("garden", deliverables=(deliverable("garden.report"),))
    manager = load(CORE, found=[point])
    assert manager.names == ("garden",)
    assert list(manager.registry.deliverables) == ["garden.report"]
    assert manager.registry.plugins["garden"].title == Localized(id="garden", en="garden")


def test_the_newest_version_of_a_rubric_is_the_one_without_a_version(install: Install) -> None:
    versions = tuple(
        Rubric("garden.check", version, TEXT, ScaleKind.BINARY, RUBRIC.criteria)
        for version in ("1.10", "1.9")
    )
    registry = load(CORE, found=[install("garden", rubrics=versions)]).registry
    assert registry.rubric("garden.check").version == "1.10"
    assert registry.rubric("garden.check", "1.9").version == "1.9"


def test_switched_off_plugins_are_left_out(install: Install) -> None:
    point = install("garden", api="none at all")
    assert load(CORE, off=frozenset({"garden"}), found=[point]).names == ()


@pytest.mark.parametrize(
    ("first", "second"), [("garden", "garden_two"), ("garden", "core"), ("garden", "garden")]
)
def test_names_that_would_mix_up_tables_are_refused(install: Install, first: str, second: str) -> None:
    points = [install(name) for name in (first, second)]
    with pytest.raises(PluginFault, match=rf"^{second}: [^\n]*$"):
        load(CORE, found=points)


def test_a_taken_core_key_is_refused(install: Install) -> None:
    taken = Rubric("garden.check", "1.0", TEXT, ScaleKind.BINARY, RUBRIC.criteria)
    with pytest.raises(PluginFault, match="already taken"):
        load(CoreValues(rubrics=(taken,)), found=[install("garden", rubrics=(taken,))])


def test_asking_goes_on_when_one_plugin_raises(install: Install) -> None:
    @hookimpl
    def fails(actor: Actor) -> list[Link]:
        raise ZeroDivisionError(actor.full_name)

    @hookimpl
    def works(actor: Actor) -> list[Link]:
        return [Link(actor.full_name, "/")]

    manager = load(
        CORE,
        found=[install("alpha", {"lms_navigation": fails}), install("beta", {"lms_navigation": works})],
    )
    answers = manager.ask("lms_navigation", actor=ACTOR, place=Place())
    assert answers == [("beta", (Link("Ibu Guru 1", "/"),))]
    noted = manager.failures.take(datetime(2020, 9, 1, tzinfo=UTC))
    assert noted["alpha", "lms_navigation"].error.startswith("ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        manager.ask("lms_navigation", strict=True, actor=ACTOR, place=Place())
