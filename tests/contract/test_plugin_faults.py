"""Every mistake of a plugin's author is told before the start, all of them at once, each in one sentence."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import click
import pytest
from click.testing import CliRunner
from flask import Blueprint, Flask
from flask.cli import ScriptInfo
from sqlalchemy import select

import lms.api
from lms.app import create_app, load_plugins
from lms.cli.main import FIXED
from lms.cli.plugins import check
from lms.contract import version_1
from lms.contract.actors import Actor, Permission, Place, Reach, Role
from lms.contract.documents import (
    DocumentField,
    DocumentKind,
    DocumentPart,
    DocumentPermissions,
    DocumentType,
    FieldKind,
    ReviewDecision,
)
from lms.contract.errors import PluginFault
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.hookspecs import hookimpl
from lms.contract.items import Bloom, ItemSpec, ItemType, QuizSpec
from lms.contract.modules import CompletionRule, Deliverable, Phase, Unit, WorkspacePage
from lms.contract.modules import ModuleType as Module
from lms.contract.plugin import Link, Plugin, Report
from lms.contract.rubrics import Band, Criterion, Rubric, ScaleKind
from lms.contract.sections import ProgrammeSection
from lms.contract.text import Localized
from lms.contract.typed_fields import FieldLabel, TypedFields
from lms.people.api import School
from lms.platform.db import Base, db
from lms.platform.plugin_validation.card import name_fault
from lms.platform.plugin_validation.tables import migration_faults
from lms.platform.transaction import write
from lms.settings import Settings
from lms.testing.contract import check_plugin
from lms.testing.people import make_agency, make_school
from lms.web.routing import command, page

TEXT = Localized(id="Kebun", en="Garden")
SCHOOL = ((Role.TEACHER, Reach.SCHOOL),)
VIEW = Permission("garden.view", "See it.", SCHOOL)
DELIVERABLE = Deliverable("garden.photo", TEXT, Unit.SCHOOL, "onservice_evidence", frozenset({"photo"}), TEXT)
RUBRIC = Rubric("garden.check", "1.0", TEXT, ScaleKind.BINARY, (Criterion("A", "Ada"),))
RULE = CompletionRule(
    "garden.planted",
    TEXT,
    Unit.SCHOOL,
    Phase.ON_SERVICE,
    lambda session, subjects: (),
    lambda facts, params: None,
)
TASK = Task("garden.water", lambda session, now: None, 60, "Waters.")
PLANTED = EventType("garden.planted.v1", "Planted.")
HANDLER = EventHandler("garden.paint", "garden.planted.v1", lambda session, fact, now: None)
REPORT = Report("garden.beds", TEXT, (TEXT,), "garden.view", lambda session, place: ())
KIND = ItemType(
    "garden.how_many",
    1,
    TEXT,
    "garden/how_many.html",
    check=lambda body, key: (),
    parse=lambda body, fields: None,
    is_answered=bool,
    score=lambda body, key, answer: None,
    display=lambda body, answer: (),
)
FIELD = DocumentField("name", TEXT, is_title=True)
BED = DocumentField("bed", TEXT)
PART = DocumentPart("idea", TEXT, (FIELD,))
PLAN_KIND = DocumentKind("plan", TEXT, "garden.check", (PART,))
PLAN = DocumentType(
    key="garden.plan",
    title=TEXT,
    noun=TEXT,
    path="rencana",
    unit=Unit.SCHOOL,
    kinds=(PLAN_KIND,),
    permissions=DocumentPermissions(*(["garden.view"] * 6)),
    changed="garden.planted.v1",
    signer=TEXT,
)
BESIDES: dict[str, Any] = {"permissions": (VIEW,), "rubrics": (RUBRIC,), "event_types": (PLANTED,)}
"""What a document type needs beside it."""


def a_plan(part: DocumentPart | None = None, **changes: Any) -> dict[str, Any]:
    """Fields of a plugin with one document type, changed."""
    kinds = (replace(PLAN_KIND, parts=(part,)),) if part else (PLAN_KIND,)
    pages = Blueprint("garden", __name__)
    lms.api.add_document_pages(pages, PLAN)
    return {**BESIDES, "blueprint": pages, "document_types": (replace(PLAN, **{"kinds": kinds, **changes}),)}


ITEM = ItemSpec(
    "garden.q1",
    "mc_single",
    Bloom.C1,
    TEXT,
    2,
    "Menghitung",
    Decimal(1),
    {
        "stem": "Berapa?",
        "options": [{"id": "a", "text": "1"}, {"id": "b", "text": "2"}, {"id": "c", "text": "4"}],
    },
    {"key": "a"},
)
QUIZ = QuizSpec("garden.quiz", TEXT, 10, 1, (ITEM,))
MODULE = Module("garden", TEXT, TEXT, frozenset({Phase.IN_SERVICE}), quiz=QUIZ)

Install = Callable[..., EntryPoint]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """A plugin as if it were installed: named arguments are fields of Plugin, ``hooks`` more names of its module."""

    def make(name: str = "garden", hooks: dict[str, Any] | None = None, **fields: Any) -> EntryPoint:
        module = ModuleType(f"stranger_{name}")
        card = {"name": name, "title": TEXT, "version": "1.0", "api": ">=2.0,<3", **fields}
        module.lms_plugin = lambda: Plugin(**card)  # type: ignore[attr-defined]
        vars(module).update(hooks or {})
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, module.__name__, "lms.plugins")

    return make


def faults_of(*points: EntryPoint) -> tuple[str, ...]:
    try:
        load_plugins(found=points)
    except PluginFault as error:
        return error.faults
    return ()


def hooked(**functions: Callable[..., Any]) -> dict[str, Any]:
    return {name: hookimpl(function) for name, function in functions.items()}


@hookimpl(wrapper=True)
def no_generator(actor: Actor) -> list[Link]:
    return []


class Beds(TypedFields):
    """A section that is sound."""

    count: Annotated[int, FieldLabel(TEXT)] = 1


class Bare(TypedFields):
    count: int = 1


class Odd(TypedFields):
    counts: Annotated[dict[str, int], FieldLabel(TEXT)]


class Demanding(TypedFields):
    count: Annotated[int, FieldLabel(TEXT)]


class Listed(TypedFields):
    beds: Annotated[tuple[Beds, ...], FieldLabel(TEXT, known_by="count")] = ()


SECTION = ProgrammeSection("garden.beds", TEXT, Beds)

DECLARED: dict[str, tuple[dict[str, Any], str]] = {
    "a title that is no Text": ({"title": "Kebun"}, "title must be of type Text, not 'Kebun'"),
    "an API that is over": ({"api": ">=1.0,<2"}, "is written for API >=1.0,<2, this is 2.0"),
    "an API that is no range": ({"api": "two"}, "api='two' is no range of versions; write api='>=2.0,<3'"),
    "a requirement that is not there": (
        {"requires": ("river",)},
        "needs plugin river, which is not installed",
    ),
    "requires that is a text": ({"requires": "river"}, "requires must be tuple[str, ...], not 'river'"),
    "itself as a requirement": ({"requires": ("garden",)}, "requires itself"),
    "a field that is misspelt": (
        {"deliverabels": ()},
        "Plugin has no field 'deliverabels'; did you mean 'deliverables'?",
    ),
    "a folder that is not there": ({"migrations": Path("/nowhere")}, "migrations='/nowhere' is no folder"),
    "content that is not there": ({"content": Path("/nowhere")}, "content='/nowhere' is no folder"),
    "commands that are no group": ({"commands": "beds"}, "commands must be a click.Group, not 'beds'"),
    "words for another one's entries": (
        {"audit_actions": {"people.grant_role": TEXT}},
        "audit action 'people.grant_role' must start with 'garden.'",
    ),
    "words that are no Text": (
        {"audit_actions": {"garden.plant": "Ditanam"}},
        "audit_actions garden.plant must be of type Text, not 'Ditanam'",
    ),
    "one value without a comma": (
        {"deliverables": DELIVERABLE},
        "deliverables holds one Deliverable alone; put a comma behind it",
    ),
    "a list": ({"deliverables": [DELIVERABLE]}, "deliverables must be a tuple of Deliverable"),
    "a value of another class": ({"tasks": (HANDLER,)}, "which is no Task"),
    "a document without pages": (
        {**a_plan(), "blueprint": None},
        "its pages are nowhere; write add_document_pages(bp, ...)",
    ),
    "a document of an unknown rubric": (
        a_plan(kinds=(replace(PLAN_KIND, rubric="garden.chek"),)),
        "nobody declares the rubric 'garden.chek'; did you mean 'garden.check'?",
    ),
    "a document of an unknown deliverable": (
        a_plan(kinds=(replace(PLAN_KIND, deliverable="garden.photo"),)),
        "nobody declares the deliverable 'garden.photo'",
    ),
    "a document after an unknown fact": (
        a_plan(changed="garden.dug.v1"),
        "changed: nobody that is installed and on emits 'garden.dug.v1'",
    ),
    "a document that nobody may read": (
        a_plan(permissions=DocumentPermissions("garden.view", "garden.read", *(["garden.view"] * 4))),
        "nobody declares the permission 'garden.read'",
    ),
    "a document without kinds": (a_plan(kinds=()), "it has no kinds"),
    "a school's document of two kinds": (
        a_plan(kinds=(PLAN_KIND, replace(PLAN_KIND, key="other"))),
        "so it has one kind",
    ),
    "two kinds of one key": (
        a_plan(unit=Unit.TEACHER, kinds=(PLAN_KIND, PLAN_KIND)),
        "two are called 'plan'",
    ),
    "a path of two words": (a_plan(path="rencana kebun"), "path 'rencana kebun' must be one word"),
    "a kind without parts": (a_plan(kinds=(replace(PLAN_KIND, parts=()),)), "it has no parts"),
    "a part without fields": (a_plan(replace(PART, fields=())), "part 'idea': it has no fields"),
    "a part whose key is no word": (a_plan(replace(PART, key="the idea")), "its key must be one word"),
    "a document without a title": (
        a_plan(replace(PART, fields=(replace(FIELD, is_title=False),))),
        "one field, of a part that is no list, must have is_title",
    ),
    "a list without a name for its rows": (
        a_plan(kinds=(replace(PLAN_KIND, parts=(PART, DocumentPart("beds", TEXT, (BED,), most=3))),)),
        "part 'beds': a list needs row_title",
    ),
    "two fields of one key": (
        a_plan(replace(PART, fields=(FIELD, BED, BED))),
        "fields: two are called 'bed'",
    ),
    "a field that every form has": (
        a_plan(replace(PART, fields=(FIELD, DocumentField("version", TEXT)))),
        "field 'version': its key must be one word in lower case letters, and none of form, next, take_over, version",
    ),
    "ticks without options": (
        a_plan(replace(PART, fields=(FIELD, DocumentField("tags", TEXT, FieldKind.CHOICES)))),
        "options belong to a field of CHOICE or CHOICES",
    ),
    "one of nothing to choose from": (
        a_plan(replace(PART, fields=(FIELD, DocumentField("tags", TEXT, FieldKind.CHOICE)))),
        "options belong to a field of CHOICE or CHOICES",
    ),
    "decisions that never accept": (
        a_plan(decisions={ReviewDecision.REJECTED: TEXT}),
        "decisions must have ReviewDecision.ACCEPTED",
    ),
    "a rubric for something else than what is written": (
        a_plan(rubric_for=lambda: RUBRIC),
        "rubric_for must take (content)",
    ),
    "a unit that no field says": (
        a_plan(replace(PART, fields=(FIELD, DocumentField("area", TEXT, FieldKind.NUMBER, unit="m2")))),
        "there is no field 'm2' for its unit",
    ),
    "a check of a part that takes too little": (
        a_plan(replace(PART, check=lambda one, two: {})),
        "check must take (values)",
    ),
    "a template of a document that is not there": (
        a_plan(template="garden/plan.html"),
        "there is no template 'garden/plan.html'",
    ),
    "an unprefixed key": (
        {"deliverables": (replace(DELIVERABLE, key="photo"),)},
        "deliverable 'photo' must start with 'garden.'",
    ),
    "another plugin's key": (
        {"tasks": (replace(TASK, name="river.flow"),)},
        "task 'river.flow' must start with 'garden.'",
    ),
    "a key twice": (
        {"deliverables": (DELIVERABLE, DELIVERABLE)},
        "deliverable 'garden.photo' is already taken",
    ),
    "a section of another plugin's name": (
        {"sections": (replace(SECTION, key="beds"),)},
        "section 'beds' must start with 'garden.'",
    ),
    "a section of a plain model": (
        {"sections": (replace(SECTION, model=dict),)},
        "model must be a class of TypedFields",
    ),
    "a section whose check takes too little": (
        {"sections": (replace(SECTION, check=lambda values: ()),)},
        "check must take (values, outline)",
    ),
    "a section without words": (
        {"sections": (replace(SECTION, model=Bare),)},
        "section 'garden.beds': field 'count' has no words; write count: Annotated[<type>, FieldLabel(message(...))]",
    ),
    "a section that no form shows": (
        {"sections": (replace(SECTION, model=Odd),)},
        "which no form shows",
    ),
    "settings without words": ({"settings": Bare}, "settings: field 'count' has no words"),
    "settings without a default": ({"settings": Demanding}, "settings: field 'count' has no default"),
    "settings with a list": ({"settings": Listed}, "settings: field 'beds': settings are single values"),
    "settings that are no class of fields": ({"settings": Beds()}, "settings must be a class of TypedFields"),
    "an unknown rubric": (
        {"deliverables": (replace(DELIVERABLE, rubric="onservice_evidenc"),)},
        "deliverable 'garden.photo': nobody declares the rubric 'onservice_evidenc'; did you mean 'onservice_evidence'?",
    ),
    "an unknown media type": (
        {"deliverables": (replace(DELIVERABLE, media_types=frozenset({"jpeg"})),)},
        "there is no media type 'jpeg'; known are pdf, photo",
    ),
    "no media type": (
        {"deliverables": (replace(DELIVERABLE, media_types=frozenset()),)},
        "media_types is empty",
    ),
    "media types in a list": (
        {"deliverables": (replace(DELIVERABLE, media_types=["pdf"]),)},
        "media_types must be frozenset[str], not ['pdf']",
    ),
    "no file allowed": ({"deliverables": (replace(DELIVERABLE, max_files=0),)}, "max_files must be above 0"),
    "a rubric's version in words": (
        {"rubrics": (replace(RUBRIC, version="2020-rev"),)},
        "version '2020-rev' must be numbers with dots, as '1.0'",
    ),
    "a rubric without lines": ({"rubrics": (replace(RUBRIC, criteria=()),)}, "it has no criteria"),
    "two lines of one code": (
        {"rubrics": (replace(RUBRIC, criteria=(Criterion("A", "x"), Criterion("A", "y"))),)},
        "two criteria are called 'A'",
    ),
    "levels without their texts": (
        {"rubrics": (replace(RUBRIC, scale=ScaleKind.LEVEL),)},
        "'A': a scale of levels needs the text of each, two or more",
    ),
    "a pass mark out of range": (
        {"rubrics": (replace(RUBRIC, pass_mark=Decimal(101)),)},
        "pass_mark must be 0 to 100",
    ),
    "bands that leave a gap": (
        {"rubrics": (replace(RUBRIC, bands=(Band("B", TEXT, Decimal(50)),)),)},
        "bands must go down to a minimum of 0",
    ),
    "a weight of nothing": (
        {"rubrics": (replace(RUBRIC, criteria=(Criterion("A", "x", weight=Decimal(0)),)),)},
        "'A': weight must be above 0",
    ),
    "a scale in words": ({"rubrics": (replace(RUBRIC, scale="binary"),)}, "scale must be of type ScaleKind"),
    "an unknown fact": (
        {"event_handlers": (HANDLER,)},
        "nobody that is installed and on emits 'garden.planted.v1'",
    ),
    "a fact without a version": (
        {"event_types": (EventType("garden.planted", "x"),)},
        "its name must be <plugin>.<what happened>.v<number>",
    ),
    "a rule after an unknown fact": (
        {"completion_rules": (replace(RULE, after=frozenset({"garden.dug.v1"})),)},
        "after: nobody that is installed and on emits 'garden.dug.v1'",
    ),
    "a parameter without a default": (
        {"completion_rules": (replace(RULE, parameters={"beds": TEXT}),)},
        "parameter 'beds' has no default",
    ),
    "a rule that takes too little": (
        {"completion_rules": (replace(RULE, gather=lambda session: ()),)},
        "gather must take (session, subjects)",
    ),
    "a phase in words": (
        {"completion_rules": (replace(RULE, phase="on_service"),)},
        "phase must be of type Phase",
    ),
    "a handler that takes too much": (
        {"event_types": (PLANTED,), "event_handlers": (replace(HANDLER, handle=lambda a, b, c, d: None),)},
        "handle must take (session, fact, now)",
    ),
    "a handler that does not take what was prepared": (
        {"event_types": (PLANTED,), "event_handlers": (replace(HANDLER, prepare=lambda a, b, c: None),)},
        "handle must take (session, fact, now, prepared)",
    ),
    "a task that never comes": (
        {"tasks": (replace(TASK, every_seconds=0),)},
        "every_seconds must be above 0",
    ),
    "a task that is no function": (
        {"tasks": (replace(TASK, run="water"),)},
        "run must be a function, not 'water'",
    ),
    "a report with an unknown permission": (
        {"reports": (REPORT,)},
        "report 'garden.beds': nobody declares the permission 'garden.view'",
    ),
    "a report without columns": (
        {"permissions": (VIEW,), "reports": (replace(REPORT, columns=()),)},
        "it has no columns",
    ),
    "an item type without its template": (
        {"item_types": (KIND,)},
        "item type 'garden.how_many': there is no template 'garden/how_many.html'",
    ),
    "a score with too few arguments": (
        {"item_types": (replace(KIND, template="assessment/items/essay.html", score=lambda body: None),)},
        "score must take (body, key, answer)",
    ),
    "a quiz without items": (
        {"module_types": (replace(MODULE, quiz=replace(QUIZ, items=())),)},
        "its quiz has no item",
    ),
    "an item of an unknown kind": (
        {"module_types": (replace(MODULE, quiz=replace(QUIZ, items=(replace(ITEM, type="mc_singel"),))),)},
        "garden.q1: nobody declares the item type 'mc_singel'; did you mean 'mc_single'?",
    ),
    "an item without its key": (
        {"module_types": (replace(MODULE, quiz=replace(QUIZ, items=(replace(ITEM, secret={"key": "d"}),))),)},
        "garden.q1: ",
    ),
    "an item without a stem": (
        {"module_types": (replace(MODULE, quiz=replace(QUIZ, items=(replace(ITEM, body={}),))),)},
        "garden.q1: stem must be a text",
    ),
    "an item twice": (
        {"module_types": (replace(MODULE, quiz=replace(QUIZ, items=(ITEM, ITEM))),)},
        "two items are called 'garden.q1'",
    ),
    "an item with a picture that is not there": (
        {
            "module_types": (
                replace(
                    MODULE,
                    quiz=replace(
                        QUIZ,
                        items=(
                            replace(
                                ITEM,
                                body={
                                    **ITEM.body,
                                    "stimulus": [{"type": "picture", "src": "a.svg", "alt": "A"}],
                                },
                            ),
                        ),
                    ),
                ),
            )
        },
        "garden.q1: there is no picture 'a.svg'",
    ),
    "a quiz without time": (
        {"module_types": (replace(MODULE, quiz=replace(QUIZ, minutes=0)),)},
        "minutes must be above 0",
    ),
    "a module for no phase": ({"module_types": (replace(MODULE, phases=frozenset()),)}, "phases is empty"),
    "a home that is not there": (
        {"module_types": (replace(MODULE, home_endpoint="garden.home"),)},
        "there is no page 'garden.home'",
    ),
    "a further page that is not there": (
        {"module_types": (replace(MODULE, more_pages=(WorkspacePage("garden.more", TEXT),)),)},
        "there is no page 'garden.more'",
    ),
}


@pytest.mark.parametrize(("fields", "sentence"), DECLARED.values(), ids=DECLARED)
def test_a_mistake_in_what_is_declared(install: Install, fields: dict[str, Any], sentence: str) -> None:
    (fault,) = faults_of(install(**fields))
    assert fault.startswith("garden: ")
    assert sentence in fault


def site(
    folder: Path, templates: dict[str, str] | None = None, name: str = "garden", **options: Any
) -> Blueprint:
    """A blueprint whose templates are files in ``folder``."""
    for path, text in (templates or {}).items():
        target = folder / "templates" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    given = {"template_folder": "templates"} if templates else {}
    return Blueprint(name, __name__, root_path=str(folder), **{**given, **options})


def route(blueprint: Blueprint, address: str = "/", view: Any = None, **options: Any) -> Blueprint:
    blueprint.add_url_rule(address, "home", view or page("garden.view")(lambda **_ids: ""), **options)
    return blueprint


def template(text: str, name: str = "garden/a.html") -> Callable[[Path], dict[str, Any]]:
    return lambda folder: {"blueprint": route(site(folder, {name: text}))}


def before_all(blueprint: Blueprint) -> Blueprint:
    blueprint.before_app_request(lambda: None)
    return blueprint


PAGES: dict[str, tuple[Callable[[Path], dict[str, Any]], str]] = {
    "no blueprint": (
        lambda _folder: {"blueprint": "garden"},
        "blueprint must be a flask.Blueprint, not 'garden'",
    ),
    "a blueprint of another name": (
        lambda folder: {"blueprint": site(folder, name="gardens")},
        "blueprint 'gardens' must be called 'garden'",
    ),
    "a prefix of its own": (
        lambda folder: {"blueprint": site(folder, url_prefix="/kebun")},
        "leave it out, its pages lie under '/m/garden'",
    ),
    "static files that are not there": (
        lambda folder: {"blueprint": site(folder, static_folder="static")},
        "static_folder",
    ),
    "templates that are not there": (
        lambda folder: {"blueprint": site(folder, template_folder="templates")},
        "template_folder 'templates' is not there",
    ),
    "a route without a rule": (
        lambda folder: {"blueprint": route(site(folder), view=lambda: "")},
        "page 'garden.home' has no rule",
    ),
    "a route with an unknown permission": (
        lambda folder: {"blueprint": route(site(folder), view=page("garden.veiw")(lambda: ""))},
        "page 'garden.home': nobody declares the permission 'garden.veiw'; did you mean 'garden.view'?",
    ),
    "a page that changes something": (
        lambda folder: {"blueprint": route(site(folder), methods=["POST"])},
        "takes POST and is only to be read; write @command",
    ),
    "an address that nobody can read": (
        lambda folder: {"blueprint": route(site(folder), "/<school:x>")},
        "its pages cannot be registered: LookupError",
    ),
    "a function before every page of Imbas": (
        lambda folder: {"blueprint": before_all(route(site(folder)))},
        "before_app_request would run on every page",
    ),
    "a home that takes something else": (
        lambda folder: {
            "blueprint": route(site(folder), "/<int:school_id>"),
            "module_types": (replace(MODULE, home_endpoint="garden.home"),),
        },
        "page 'garden.home' must take <int:placement_id>",
    ),
    "a view that does not take what its address says": (
        lambda folder: {
            "blueprint": route(site(folder), "/<int:school_id>", page("garden.view")(lambda bed_id: ""))
        },
        "page 'garden.home': its view must take (school_id), as the address says",
    ),
    "a place that does not take what its address says": (
        lambda folder: {
            "blueprint": route(
                site(folder),
                "/<int:school_id>",
                page("garden.view", place=lambda session: Place())(lambda school_id: ""),
            )
        },
        "page 'garden.home': its place must take (session, school_id), as the address says",
    ),
    "a view that does not take what was prepared": (
        lambda folder: {
            "blueprint": route(
                site(folder), view=command("garden.view", prepare=lambda: 1)(lambda: ""), methods=["POST"]
            )
        },
        "page 'garden.home': its view must take (prepared), as the address says",
    ),
    "a template in the common folder": (
        template("x", "a.html"),
        "template 'a.html' must lie in the folder 'garden/'",
    ),
    "a template with a slip": (template("{% if x %}"), "template 'garden/a.html', line 1: "),
    "a template of no other one": (
        template('{% extends "web/bass.html" %}'),
        "there is no template 'web/bass.html'; did you mean 'web/base.html'?",
    ),
    "a component that is not there": (
        template('{% from "web/components.html" import buton %}'),
        "'web/components.html' has no 'buton'; did you mean 'button'?",
    ),
    "a link to no page": (
        template('\n{{ url_for("garden.hom") }}'),
        "line 2: there is no page 'garden.hom'; did you mean 'garden.home'?",
    ),
    "a question after no permission": (
        template('{% if may("garden.veiw", place) %}{% endif %}'),
        "nobody declares the permission 'garden.veiw'",
    ),
    "a filter that is not there": (
        template("{{ x|writen }}"),
        "there is no filter 'writen'; did you mean 'written'?",
    ),
}


@pytest.mark.parametrize(("fields", "sentence"), PAGES.values(), ids=PAGES)
def test_a_mistake_in_pages(
    install: Install, tmp_path: Path, fields: Callable[[Path], dict[str, Any]], sentence: str
) -> None:
    (fault,) = faults_of(install(permissions=(VIEW,), **fields(tmp_path)))
    assert fault.startswith("garden: ")
    assert sentence in fault


HOOKS: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt hook": (
        hooked(lms_navigatoin=lambda actor: []),
        "there is no hook lms_navigatoin; did you mean 'lms_navigation'?",
    ),
    "a hook that nobody marked": (
        {"lms_navigation": lambda actor: []},
        "lms_navigation is not marked as a hook",
    ),
    "an argument that is not given": (
        hooked(lms_navigation=lambda person: []),
        "lms_navigation has an argument 'person'; the hook gives actor, place",
    ),
    "a wrapper that does not yield": (
        {"lms_navigation": no_generator},
        "lms_navigation is a wrapper but does not yield",
    ),
    "a hook of version 1": (hooked(lms_tasks=lambda: ()), "lms_tasks is a hook of version 1"),
    "a declaration that fails": (
        {"lms_plugin": lambda: 1 / 0},
        "lms_plugin() ended with ZeroDivisionError: division by zero",
    ),
    "a declaration of something else": (
        {"lms_plugin": lambda: None},
        "lms_plugin() returned None; it must return Plugin(...)",
    ),
    "a declaration without its title": (
        {"lms_plugin": lambda: Plugin(name="garden", version="1", api=">=2")},
        "Plugin(...) in lms_plugin() lacks 'title'",
    ),  # type: ignore[call-arg]
    "a grader of everything": (
        {"lms_plugin": lambda: Permission("garden.grade", "", ((Role.GRADER, Reach.AGENCY),))},
        "a grader reaches assigned schools",
    ),
}


@pytest.mark.parametrize(("hooks", "sentence"), HOOKS.values(), ids=HOOKS)
def test_a_mistake_in_hooks(install: Install, hooks: dict[str, Any], sentence: str) -> None:
    (fault,) = faults_of(install(hooks=hooks))
    assert fault.startswith("garden: ")
    assert sentence in fault


def test_what_is_declared_here_is_sound_but_for_the_one_mistake_of_each_test(
    install: Install, tmp_path: Path
) -> None:
    """Without it a test above could pass over a mistake of its own."""
    templates = {
        "garden/how_many.html": "{{ name|written }}",
        "garden/a.html": '{% extends "web/base.html" %}{% include "garden/none.html" ignore missing %}'
        '{% from "garden/b.html" import bed as one %}{{ url_for(".home", placement_id=1) }}{{ url_for(wherever) }}',
        "garden/b.html": "{% macro bed() %}{% endmacro %}",
    }
    view = page("garden.view")(lambda **_ids: "")
    point = install(
        permissions=(VIEW,),
        deliverables=(replace(DELIVERABLE, rubric="garden.check"),),
        rubrics=(RUBRIC, replace(RUBRIC, version="1.10")),
        completion_rules=(replace(RULE, after=frozenset({"garden.planted.v1"})),),
        tasks=(TASK,),
        event_types=(PLANTED,),
        event_handlers=(
            HANDLER,
            replace(HANDLER, name="garden.draw", handle=lambda *given: None, prepare=lambda a, b, c: 1),
        ),
        reports=(REPORT,),
        item_types=(KIND,),
        module_types=(replace(MODULE, home_endpoint="garden.home"),),
        blueprint=route(site(tmp_path, templates), "/<int:placement_id>", view),
        commands=click.Group(),
        hooks=hooked(lms_navigation=lambda place: [], lms_story=lambda: ()),
    )
    assert faults_of(point) == ()


def test_a_command_of_a_plugin_has_the_application_and_writes(install: Install, app: Flask) -> None:
    @click.group()
    def garden() -> None:
        """Gardens."""

    @garden.command()
    @click.argument("name")
    def school(name: str) -> None:
        with write() as session:
            make_school(session, make_agency(session), name=name)
        click.echo(db.session.scalar(select(School.name)))

    settings = app.config["LMS"]
    found = load_plugins(found=[install(commands=garden)])
    for _time in range(2):  # an application is made more than once in a process
        other = create_app(settings, plugins=found)
    said = CliRunner().invoke(
        other.cli, ["garden", "school", "SD Kebun"], obj=ScriptInfo(create_app=lambda: other)
    )
    assert said.output.strip() == "SD Kebun", said.exception
    with other.app_context():
        db.engine.dispose()


def test_a_plugin_with_files_of_its_own_is_served(install: Install, tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "garden.css").write_text("p { color: green }", encoding="utf-8")
    point = install(blueprint=site(tmp_path, {"garden/a.html": ""}, static_folder="static"))
    settings = Settings(data=tmp_path / "data", secret_key="k" * 40, environment="test")
    app = create_app(settings, plugins=load_plugins(found=[point]))
    with app.app_context():
        published = app.jinja_env.globals["asset"]("garden/garden.css")  # type: ignore[operator]
    for address in (published, "/m/garden/static/garden.css"):
        with app.test_client().get(address) as answer:
            assert answer.text == "p { color: green }"


def test_all_mistakes_of_all_plugins_are_told_at_once(install: Install, tmp_path: Path) -> None:
    told = faults_of(
        install(
            "alpha",
            hooks=hooked(lms_navigatoin=lambda actor: [], lms_panels=lambda house: []),
            api=">=9",
            requires=("river",),
            deliverables=(
                replace(DELIVERABLE, key="alpha.photo", rubric="alpha.lost", media_types=frozenset({"gif"})),
            ),
            tasks=(replace(TASK, name="alpha.rest", every_seconds="often"),),
            blueprint=site(tmp_path, name="beta"),
        ),
        install("beta", title="Beta", event_types=(replace(PLANTED, name="beta.x"),)),
        install("gamma", event_handlers=(replace(HANDLER, name="gamma.on", event_type="alpha.went.v1"),)),
        EntryPoint("missing", "no_such_module_at_all", "lms.plugins"),
    )
    assert [fault.partition(": ")[0] for fault in told].count("alpha") == 8
    assert {fault.partition(": ")[0] for fault in told} == {"alpha", "beta", "gamma", "missing"}
    assert any(
        "missing: no_such_module_at_all cannot be loaded: ModuleNotFoundError" in fault for fault in told
    )
    assert len(set(told)) == len(told)


def test_plugins_that_require_each_other(install: Install) -> None:
    wants = {"alpha": "beta", "beta": "alpha", "gamma": "delta", "delta": "epsilon", "epsilon": "gamma"}
    told = faults_of(*(install(name, requires=(other,)) for name, other in wants.items()))
    assert len(told) == 2
    assert all("requires itself by way of" in fault for fault in told)


@pytest.mark.parametrize(
    "name", ["core", "lms", "people", "programmes", "Garden", "g", "kebun-sekolah", "db", "backup"]
)
def test_names_that_are_taken_or_no_names(install: Install, name: str) -> None:
    told = faults_of(install(name))
    assert [fault.partition(": ")[0] for fault in told] == [name]


def test_no_command_of_the_core_is_a_plugins_name(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, secret_key="k" * 40, environment="test")
    alone = create_app(settings, plugins=load_plugins(found=()))
    names = {
        *FIXED,
        *alone.cli.list_commands(click.Context(alone.cli, obj=ScriptInfo(create_app=lambda: alone))),
    }
    assert "office" in names
    assert [name for name in sorted(names) if not name_fault(name)] == []


def test_two_entry_points_of_one_module(install: Install) -> None:
    point = install("alpha")
    again = EntryPoint("beta", point.value, "lms.plugins")
    assert any(fault.startswith("beta: ") for fault in faults_of(point, again))


TABLES = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from lms.api import Base, Localized, Plugin


class Bed(Base):
    __tablename__ = "p_garden_bed"
    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    card_id: Mapped[int] = mapped_column(ForeignKey("p_river_fish.id"))


class Stolen(Base):
    __tablename__ = "p_hots_assessment_bed"
    id: Mapped[int] = mapped_column(primary_key=True)


class Bare(Base):
    __tablename__ = "bed"
    id: Mapped[int] = mapped_column(primary_key=True)


def lms_plugin() -> Plugin:
    return Plugin(name="garden", title=Localized(id="Kebun", en="Garden"), version="1", api=">=2.0,<3")
"""
TOLD_OF_TABLES = """
from importlib.metadata import EntryPoint
from lms.app import load_plugins
from lms.contract.errors import PluginFault

try:
    load_plugins(found=[EntryPoint("garden", "beds.plugin", "lms.plugins")])
except PluginFault as error:
    print(*error.faults, sep="\\n")
"""


def test_mistakes_in_tables(tmp_path: Path) -> None:
    """In a process of its own: what declares a table is known for as long as its process runs."""
    (tmp_path / "beds").mkdir()
    (tmp_path / "beds" / "plugin.py").write_text(TABLES, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TOLD_OF_TABLES], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    told = sorted(done.stdout.splitlines())
    for fault, words in zip(
        told,
        [
            "garden: it has tables (p_garden_bed) and no migrations; make a folder",
            "garden: table 'bed' must start with 'p_garden_'",
            "garden: table 'p_garden_bed' refers to 'p_river_fish' of another plugin",
            "garden: table 'p_garden_bed' says ondelete='CASCADE' of 'school'",
            "garden: table 'p_hots_assessment_bed' must start with 'p_garden_'",
        ],
        strict=True,
    ):
        assert fault.startswith(words)


def test_a_table_that_no_migration_makes(tmp_path: Path) -> None:
    """The installed modules stand in: their own migrations make all their tables, an empty folder makes none."""
    installed = load_plugins().registry.plugins
    assert list(migration_faults(installed)) == []
    of_tables = {
        name: plugin
        for name, plugin in installed.items()
        if any(table.startswith(f"p_{name}_") for table in Base.metadata.tables)
    }
    assert of_tables
    for name, plugin in of_tables.items():
        told = list(migration_faults({name: replace(plugin, migrations=tmp_path)}))
        assert told
        assert all(
            fault.startswith(f"{name}: no migration makes table 'p_{name}_")
            and fault.endswith(f"lms db revision --plugin {name} -m tables")
            for fault in told
        )


QUIZ_FILE = """
key: garden.quiz
title: {id: Kuis, en: Quiz}
minutes: 5
attempts: 1
items: [{key: garden.q1, type: mc_single, bloom: C9, stem: Berapa}]
"""
RUBRIC_FILE = """
- {key: garden.check, version: 2020-rev, title: {id: Cek, en: Check}, scale: binary, criteria: []}
"""


def test_mistakes_in_content_files_are_told_file_by_file(install: Install, tmp_path: Path) -> None:
    (tmp_path / "quiz.yaml").write_text(QUIZ_FILE, encoding="utf-8")
    (tmp_path / "rubrics.yaml").write_text(RUBRIC_FILE, encoding="utf-8")
    (tmp_path / "deliverables.yaml").write_text("- {key: garden.photo, unit: house}", encoding="utf-8")
    (tmp_path / "material.md").write_text("# Kebun\n\n![Petak](petak.svg)\n", encoding="utf-8")
    module = replace(MODULE, quiz=None, content=tmp_path)
    told = faults_of(install(content=tmp_path, module_types=(module,)))
    for words in (
        "quiz.yaml: items › 0 › bloom: Input should be 'C1'",
        "quiz.yaml: items › 0 › indicator: Field required",
        "rubrics.yaml: garden.check: version '2020-rev' must be numbers with dots, as '1.0'",
        "rubrics.yaml: garden.check: it has no criteria",
        "deliverables.yaml: 0 › unit: Input should be 'school' or 'teacher'",
        "module type 'garden': minutes must be above 0",
        "module type 'garden': material.md shows the picture 'petak.svg', which is not in its folder of pictures",
    ):
        assert [fault for fault in told if f"garden: {words}" in fault], words


def test_a_content_folder_without_content(install: Install, tmp_path: Path) -> None:
    (fault,) = faults_of(install(module_types=(replace(MODULE, content=tmp_path),)))
    assert "has neither material.md nor quiz.yaml" in fault


VERSION_1 = """
from lms.api import Command, Deliverable, PluginBlueprint, PluginInfo, Text, hookimpl

@hookimpl
def lms_plugin():
    return PluginInfo(name="garden", title=Text("Kebun", "Garden"), version="1", api=">=1.0,<2")

@hookimpl
def lms_deliverables():
    return ()

@hookimpl
def lms_blueprints():
    return (PluginBlueprint(None),)

@hookimpl
def lms_commands():
    return (Command(None),)

@hookimpl
def lms_navigation(actor, place):
    return ()
"""


def test_a_plugin_of_version_1_is_told_all_that_it_must_change(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("stranger_garden")
    exec(VERSION_1, vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    told = faults_of(EntryPoint("garden", module.__name__, "lms.plugins"))
    assert len(told) == 4
    for words in (
        'Text(id, en) of version 1 is message("...") now, with the English in the plugin\'s catalogue',
        "lms_deliverables is a hook of version 1; what it returns is now a field",
        "Plugin(deliverables=(...))",
        "Plugin(blueprint=bp, without PluginBlueprint)",
        "Plugin(commands=group, without Command)",
    ):
        assert [fault for fault in told if words in fault], words


def test_a_name_that_has_changed_is_told_with_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old_garden.py").write_text("from lms.api import TypedForm\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    (fault,) = faults_of(EntryPoint("garden", "old_garden", "lms.plugins"))
    assert "TypedForm of version 1 is called Form now" in fault
    assert "old_garden.py, line 1" in fault
    for name, new in version_1.RENAMED.items():
        assert name not in lms.api.__all__
        assert new in lms.api.__all__


def test_every_declared_hook_of_version_1_has_become_a_field() -> None:
    assert {words.partition("=")[0] for words in version_1.FIELDS.values()} <= {
        field.name for field in fields(Plugin)
    }


def test_check_plugin_and_the_command_tell_the_same(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = install(deliverables=(replace(DELIVERABLE, key="photo"),))
    monkeypatch.setattr("lms.platform.plugins.entry_points", lambda group: [point])
    sentence = "garden: deliverable 'photo' must start with 'garden.'"
    with pytest.raises(AssertionError, match=re.escape(sentence)):
        check_plugin("garden")
    said = CliRunner().invoke(check)
    assert (said.exit_code, said.output.strip()) == (1, sentence)
    with pytest.raises(PluginFault, match=re.escape(sentence)):
        create_app(Settings(secret_key="k" * 40, environment="test"))
