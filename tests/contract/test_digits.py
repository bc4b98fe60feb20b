"""House rule: what people and programs send is read by ``lms.contract.parsing``, which knows ASCII digits only."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TRUSTING = {"isdigit", "isnumeric"}
"""They call a superscript two a digit, which ``int()`` then refuses."""
FIGURES_ONLY = {
    "lms/contract/sentences.py",  # whether a word holds a figure, as names do
    "lms/people/directory/identifiers.py",  # 16 and 18 ASCII figures, kept as text
    "lms/reports/views/late_participants.py",  # the figures of a telephone number
    "plugins/spmi_documents/imbas_spmi_documents/rules.py",  # whether a target names a figure
}


def test_nobody_asks_whether_a_text_consists_of_digits() -> None:
    found = {
        str(path.relative_to(ROOT)) for path in _sources() for name in _methods(path) if name in TRUSTING
    }
    assert found <= FIGURES_ONLY


def test_no_field_is_read_by_int() -> None:
    """``request.form.get("x", type=int)`` takes numbers of any size, in any script."""
    found = [str(path.relative_to(ROOT)) for path in _sources() if "type=int)" in path.read_text("utf-8")]
    assert not found


def _sources() -> Iterator[Path]:
    for folder in ("lms", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            if "tests" not in path.parts and "build" not in path.parts:
                yield path


def _methods(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
