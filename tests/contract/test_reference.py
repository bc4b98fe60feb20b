"""The plugin reference names everything that a plugin may use, and nothing else; what it shows is what the code does."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import Environment
from jinja2.nodes import Macro

import lms.api
from lms.contract import hookspecs
from lms.contract.text import Localized
from lms.platform.content import load_deliverables, load_quiz, load_rubrics
from lms.platform.db import Base
from lms.testing.contract import item_faults, item_types
from lms.web.filters import filters

ROOT = Path(__file__).parents[2]
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs/reference").glob("*.md")}
COMPONENTS = (ROOT / "lms/web/templates/web/components.html").read_text(encoding="utf-8")


def listed(directive: str) -> list[str]:
    """The names in all blocks of a directive, sorted; a name that stands there twice is here twice."""
    blocks = re.findall(
        rf"^```\{{{directive}\}}\n(.*?)^```", "\n".join(PAGES.values()), re.MULTILINE | re.DOTALL
    )
    return sorted(" ".join(blocks).split())


def test_every_name_that_a_plugin_may_import_is_described_once() -> None:
    assert [name for name in listed("api") if "." not in name] == sorted(lms.api.__all__)


def test_what_is_described_beside_them_is_there() -> None:
    """Types that functions return, and helpers of tests: when one moves, the reference moves with it."""
    elsewhere = [name.rpartition(".") for name in listed("api") if "." in name]
    assert len(elsewhere) > 10
    missing = [f"{module}.{name}" for module, _dot, name in elsewhere if not _has(module, name)]
    assert missing == []


def _has(module: str, name: str) -> bool:
    try:
        return hasattr(import_module(module), name)
    except ModuleNotFoundError:
        return False


def test_every_hook_is_described_once() -> None:
    assert listed("hooks") == sorted(name for name in vars(hookspecs) if name.startswith("lms_"))


def test_every_component_is_described_once_and_in_its_file() -> None:
    macros = sorted(
        macro.name for macro in Environment(extensions=["jinja2.ext.i18n"]).parse(COMPONENTS).find_all(Macro)
    )
    assert listed("components") == macros
    head = COMPONENTS.partition("#}")[0]
    assert sorted(re.findall(r"^(\w+) {2,}\S", head, re.MULTILINE)) == macros


def _filters() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", PAGES["components"], re.MULTILINE)
    return [
        (written.replace(r"\|", "|"), indonesian, english.strip("`")) for written, indonesian, english in rows
    ]


@pytest.mark.parametrize(("written", "indonesian", "english"), _filters(), ids=lambda text: text)
def test_a_filter_writes_what_the_reference_says(
    app: Flask, written: str, indonesian: str, english: str
) -> None:
    values = {
        "moment": datetime(2020, 10, 27, 9, tzinfo=UTC),
        "now": datetime(2020, 10, 24, 9, tzinfo=UTC),
        "title": Localized(id="Kebun sekolah", en="School garden"),
    }
    for language, said in (("id", indonesian), ("en", english)):
        with app.app_context(), app.test_request_context(f"/?lang={language}"):
            shown = render_template_string(f"{{{{ {written} }}}}", **values)
        assert shown.replace("\u00a0", " ") == said, language


def test_every_filter_has_an_example() -> None:
    assert {written.partition("|")[2].partition("(")[0] for written, *_shown in _filters()} == set(filters())


def _example(name: str, folder: Path) -> Path:
    """The YAML block of a content file's chapter."""
    chapter = PAGES["formats"].split(f"## {name}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```yaml\n(.*?)^```", chapter, re.MULTILINE | re.DOTALL)
    (folder / name).write_text(block, encoding="utf-8")
    return folder / name


def test_the_examples_of_content_files_are_sound(tmp_path: Path) -> None:
    quiz = load_quiz(_example("quiz.yaml", tmp_path))
    assert [fault for item in quiz.items for fault in item_faults(item_types(), item)] == []
    assert [item.maximum for item in quiz.items] == [Decimal(2), Decimal(1)]
    (rubric,) = load_rubrics(_example("rubrics.yaml", tmp_path))
    (deliverable,) = load_deliverables(_example("deliverables.yaml", tmp_path))
    assert deliverable.rubric == rubric.key


@pytest.mark.modules
def test_tables_of_plugins_point_at_published_columns_alone(app: Flask) -> None:
    published = {
        f"{table}.{column}"
        for table, _colon, columns in (entry.partition(":") for entry in listed("tables"))
        for column in columns.split(",")
    }
    tables = Base.metadata.tables
    assert [name for name in published if name.split(".")[1] not in tables[name.split(".")[0]].c] == []
    targets = {
        key.target_fullname
        for table in tables.values()
        if table.name.startswith("p_")
        for key in table.foreign_keys
    }
    assert {"person.id", "school.id"} < {name for name in targets if not name.startswith("p_")} <= published
