"""Templates can be read: no line over 160 characters, no macro imported that nobody uses, no decision by the clock.

And none asks a text for one of its languages.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from lms.contract.catalogues import SOURCE, languages

ROOT = Path(__file__).parents[2]
LONGEST_LINE = 160
FOLDERS = [
    folder
    for pattern in ("lms/*/templates", "plugins/*/*/templates", "tests/fifth_plugin/*/*/templates")
    for folder in ROOT.glob(pattern)
]
FRAME: dict[str, set[str]] = {
    "now": {"now()", "moment"},
    "actor": {"actor", "current_actor()"},
    "navigation": set(),
    "demo_clock": set(),
}
"""Names of the frame that is around every page, and what may stand for them."""
TEMPLATES = {
    path.relative_to(folder).as_posix(): path for folder in FOLDERS for path in sorted(folder.rglob("*.html"))
}
PARSER = jinja2.Environment()
CLOCK = {"now", "today", "moment"}


def test_all_templates_are_looked_at() -> None:
    assert len(TEMPLATES) > 100
    assert {name.split("/")[0] for name in TEMPLATES} >= {"web", "people", "assessment", "garden"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_read(name: str) -> None:
    lines = TEMPLATES[name].read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST_LINE] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_macro_that_a_template_imports_is_used(name: str) -> None:
    """By itself or by what it includes, which sees its names."""
    imported = {
        entry if isinstance(entry, str) else entry[1]
        for found in _tree(name).find_all(nodes.FromImport)
        for entry in found.names
    }
    assert imported - set(_used(name)) == set()


def _tree(name: str) -> nodes.Template:
    return PARSER.parse(TEMPLATES[name].read_text("utf-8"))


def _used(name: str) -> Iterator[str]:
    tree = _tree(name)
    yield from (found.name for found in tree.find_all(nodes.Name) if found.ctx == "load")
    for found in tree.find_all(nodes.Include):
        named = found.template.value if isinstance(found.template, nodes.Const) else ""
        yield from _used(named) if named in TEMPLATES else ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_decides_by_the_clock(name: str) -> None:
    """Whether something is open, late or over is a rule: a use case says it, once for pages and commands."""
    ordered = {"gt", "gteq", "lt", "lteq"}
    decided = [
        found.lineno
        for found in _tree(name).find_all(nodes.Compare)
        if any(part.op in ordered for part in found.ops)
        and any(part.name in CLOCK for part in found.find_all(nodes.Name))
    ]
    assert decided == []


TEXTS = {
    node.target.id
    for path in ROOT.glob("lms/contract/*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    if re.match(r"(Text|Localized)\b", ast.unparse(node.annotation))
}
"""Names that the contract gives to texts, as ``title`` and ``hint``; ``text|t`` is their way into a page."""
LANGUAGES = {SOURCE, *languages()}


def _languages_asked_for(tree: nodes.Template) -> Iterator[str]:
    """Where one language of a text is read: ``hint.id``, ``hint["en"]``, ``selectattr("hint.id")``; absent, it is silent."""
    for found in tree.find_all((nodes.Getattr, nodes.Getitem)):
        if isinstance(found, nodes.Getattr):
            asked = found.attr
        else:
            asked = found.arg.value if isinstance(found.arg, nodes.Const) else ""
        text = found.node
        name = text.attr if isinstance(text, nodes.Getattr) else getattr(text, "name", "")
        if asked in LANGUAGES and name in TEXTS:
            yield f"line {found.lineno}: {name}.{asked}"
    for const in tree.find_all(nodes.Const):
        name, asked = ("", *str(const.value).split("."))[-2:]
        if asked in LANGUAGES and name in TEXTS:
            yield f"line {const.lineno}: {const.value}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_asks_a_text_for_one_language(name: str) -> None:
    assert list(_languages_asked_for(_tree(name))) == []


@pytest.mark.parametrize(
    "written",
    [
        '{% if options|selectattr("hint.id")|list %}{% endif %}',
        "{{ part.title.id }}",
        '{{ field.label["en"] }}',
        "{{ title.en }}",
        '{{ options|map(attribute="title.id")|join(", ") }}',
        '{{ parts|groupby("part.title.id") }}',
    ],
)
def test_a_language_that_is_asked_for_would_be_seen(written: str) -> None:
    assert len(list(_languages_asked_for(PARSER.parse(written)))) == 1


@pytest.mark.parametrize(
    "written", ["{{ document.id }}", '{{ rows|map(attribute="school.id") }}', "{{ hint|t }}"]
)
def test_the_number_of_a_row_is_no_language(written: str) -> None:
    assert list(_languages_asked_for(PARSER.parse(written))) == []


def test_no_page_takes_a_name_of_its_frame_for_something_else() -> None:
    """What every page is given, as the moment in its foot: a view may give it again, never another value."""
    found = []
    for path in [*ROOT.glob("lms/**/views/**/*.py"), *ROOT.glob("plugins/*/imbas_*/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("render_template"):
                found += [
                    f"{path.relative_to(ROOT)}: {keyword.arg}={ast.unparse(keyword.value)}"
                    for keyword in node.keywords
                    if keyword.arg in FRAME and ast.unparse(keyword.value) not in FRAME[keyword.arg]
                ]
    assert found == []
