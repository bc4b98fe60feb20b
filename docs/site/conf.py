"""How Sphinx makes the site (`make site`). Its source is the Markdown of the repository, so a code forge shows the same pages."""

import logging
import sys
from pathlib import Path

import yaml
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # where plugin_reference.py is
logging.getLogger("alembic").setLevel(logging.WARNING)  # a library of the theme makes every logger talk
CONTENTS = yaml.safe_load((HERE / "contents.yml").read_text(encoding="utf-8"))

project = "Imbas"
language = "en"
extensions = ["myst_parser", "sphinx.ext.autodoc", "plugin_reference"]
root_doc = "docs/README"
include_patterns = ["*.md", "docs/**.md", "bench/*.md"]
exclude_patterns = [
    ".*",
    "build",
    "demo",
    "deploy",
    "lms",
    "migrations",
    "mutants",
    "node_modules",
    "plugins",
    "tests",
    "var",
]
html_theme = "furo"
html_title = "Imbas"
html_copy_source = False
html_show_copyright = False

myst_heading_anchors = 3
default_role = "code"
suppress_warnings = ["ref.python"]  # `type` is a builtin, and a field of several classes

# every name in a signature leads somewhere, except those that another library's manual explains
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(click|collections|datetime|decimal|enum|importlib|pathlib|sqlalchemy|typing|werkzeug)\..+"),
    (
        "py:.*",
        "Blueprint|Flask|FlaskClient|Group|MultiDict|Response|ResponseReturnValue|Session|Traversable",
    ),
    ("py:.*", "BindParameter|ColumnElement|Connection|InstrumentedAttribute|SQLColumnExpression"),
    (
        "py:.*",
        "Any|BinaryIO|Callable|Decimal|Enum|Iterable|Iterator|Mapping|Path|Sequence|StrEnum|ZoneInfo|date|datetime",
    ),
    (
        "py:.*",
        "Chart(Level|Point)|Choice|Person|PlaceOf|Section|Settings|Value|View",
    ),  # said in words beside them
    (
        "py:.*",
        r"(?:lms\.[\w.]+\.)?(Document(Review|Revision|Writer)|Part(Lock|Text)|Wanted|WaitingFile)",
    ),  # the core's own
]
add_module_names = False
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
maximum_signature_line_length = 100


def setup(app: Sphinx) -> None:
    """Add what Markdown has no words for."""
    app.connect("source-read", _contents)
    app.connect("html-page-context", _language)
    app.connect("build-finished", _first_page)


def _contents(_app: Sphinx, page: str, source: list[str]) -> None:
    """The table of contents: on a code forge the links of the page are enough."""
    for caption, pages in CONTENTS.get(page, {}).items():
        entries = "\n".join(f"/{entry}" for entry in pages)
        source[0] += f"\n\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{entries}\n```\n"


def _language(_app: Sphinx, page: str, _template: str, context: dict[str, object], _tree: object) -> None:
    """Pages in Indonesian say so, to screen readers and search engines."""
    if page.startswith("docs/panduan/"):
        context["language"] = "id"


def _first_page(app: Sphinx, failed: Exception | None) -> None:
    """The address of the site itself opens its first page."""
    if not failed and app.builder.name == "html":
        first = f"{root_doc}.html"
        page = f'<!doctype html><title>Imbas</title><meta http-equiv="refresh" content="0; url={first}">'
        (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")
