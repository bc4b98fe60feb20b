"""English catalogues are complete, fresh and compiled; code says each sentence once, in Indonesian, and asks for no language by name."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lms.app import load_plugins
from lms.contract.catalogues import languages
from lms.contract.text import Localized

ROOT = Path(__file__).parents[2]
METHODS = [("**/tests/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
PACKAGES = [ROOT / "lms", *sorted((ROOT / "plugins").glob("*/imbas_*"))]


KEYWORDS = {**DEFAULT_KEYWORDS, "message": None, "counted_message": (1, 1), "message_in": ((1, "c"), 2)}
Key = tuple[str | None, str]
"""Context and sentence."""


def _wanted(package: Path) -> set[Key]:
    found = extract_from_dir(
        str(package), METHODS, keywords=KEYWORDS, options_map={"**/templates/**.html": {"silent": "false"}}
    )
    return {(context, text[0] if isinstance(text, tuple) else text) for _, _, text, _, context in found}


def _catalogue(package: Path) -> Catalog:
    with (package / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def _said(catalogue: Catalog) -> set[Key]:
    """What a catalogue says in English, with each plural."""
    return {
        (message.context, message.id[0] if isinstance(message.id, tuple) else message.id)
        for message in catalogue
        if message.id and not message.fuzzy and message.string and all(message.string)
    }


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_sentence_has_its_english(package: Path) -> None:
    known = _said(_catalogue(package)) | _said(_catalogue(ROOT / "lms"))
    assert sorted(map(str, _wanted(package) - known)) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_no_sentence_is_left_that_nobody_says(package: Path) -> None:
    assert sorted(map(str, _said(_catalogue(package)) - _wanted(package))) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_translations_name_the_parameters_of_their_sentences(package: Path) -> None:
    assert [(message.id, errors) for message, errors in _catalogue(package).check()] == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_compiled_catalogue_is_fresh(package: Path) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, _catalogue(package))
    compiled = package / "translations/en/LC_MESSAGES/messages.mo"
    assert compiled.read_bytes() == fresh.getvalue(), "run: make translations"


CODE = sorted(
    path
    for folder in ("lms", "plugins", "demo")
    for path in (ROOT / folder).rglob("*.py")
    if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
)
TEMPLATES = sorted(path for folder in ("lms", "plugins") for path in (ROOT / folder).rglob("*.html"))
_BY_NAME = re.compile(r"""[!=]= *["']en["']|\b\w+_en\b|\.en\b|\benglish\b""")


def _pairs(tree: ast.AST) -> Iterator[str]:
    """Where a language is asked for by its name, or a text stands in two."""
    for node in ast.walk(tree):
        named = {
            ast.Attribute: lambda node: node.attr,
            ast.Name: lambda node: node.id,
            ast.arg: lambda node: node.arg,
            ast.keyword: lambda node: node.arg or "",
        }.get(type(node), lambda _node: "")(node)
        if named.endswith("_en") or (isinstance(node, ast.Attribute) and named == "en"):
            yield f"line {node.lineno}: {named}"  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
            yield f"line {node.lineno}: Text(...)"
        if isinstance(node, ast.Compare) and any(
            isinstance(side, ast.Constant) and side.value == "en" for side in (node.left, *node.comparators)
        ):
            yield f"line {node.lineno}: compared with 'en'"


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_knows_no_language_by_name(path: Path) -> None:
    assert list(_pairs(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_know_no_language_by_name(path: Path) -> None:
    assert _BY_NAME.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        'Text("Simpan", "Save")',
        'x = a if locale() == "en" else b',
        "row.title_en",
        "f(title_en=1)",
        "text.en",
    ],
)
def test_a_pair_would_be_seen(line: str) -> None:
    assert list(_pairs(ast.parse(line)))


def test_content_is_written_in_each_language() -> None:
    known = load_plugins().registry
    texts = {
        **{f"deliverable {key}": value.title for key, value in known.deliverables.items()},
        **{f"guide of {key}": value.guide for key, value in known.deliverables.items()},
        **{f"rubric {value.key}": value.title for value in known.rubrics.values()},
        **{
            f"{module.quiz.key}: {name}": text
            for module in known.module_types.values()
            if module.quiz
            for name, text in (
                ("title", module.quiz.title),
                *((f"competence of {item.key}", item.competence) for item in module.quiz.items),
                *((f"level of {item.key}", item.level_reason) for item in module.quiz.items),
            )
        },
    }
    written = {name: text for name, text in texts.items() if isinstance(text, Localized)}
    assert len(written) > 50
    assert [
        (name, code) for name, text in written.items() for code in languages() if not text.has(code)
    ] == []
