"""Signatures as the code writes them: with the names of its types, not with what these are made of."""

import ast
import inspect
import re
from collections.abc import Callable
from textwrap import dedent
from typing import Any

from jinja2 import Environment
from jinja2.nodes import Const, Macro


def of_function(value: Callable[..., Any]) -> str:
    """``(session: Session, *, now: datetime) -> Place``."""
    definition = _definition(value)
    assert isinstance(definition, ast.FunctionDef)
    for node in ast.walk(definition.args):
        if isinstance(node, ast.arg):
            node.annotation = _unquoted(node.annotation)
    returns = _unquoted(definition.returns) or ast.Constant(None)
    return _without_modules(f"({ast.unparse(definition.args)}) -> {ast.unparse(returns)}")


def of_dataclass(value: type) -> str:
    """``(role: Role, school_id: int | None = None)``."""
    definition = _definition(value)
    assert isinstance(definition, ast.ClassDef)
    return _without_modules(
        f"({', '.join(_field(n) for n in definition.body if isinstance(n, ast.AnnAssign))})"
    )


def of_macros(template: str) -> dict[str, str]:
    """Name of each macro of a Jinja template -> ``card(title='', tone='')``."""
    tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(template)
    return {macro.name: _macro(macro) for macro in tree.find_all(Macro)}


def _definition(value: type | Callable[..., Any]) -> ast.stmt:
    return ast.parse(dedent(inspect.getsource(value))).body[0]


def _field(line: ast.AnnAssign) -> str:
    kind = ast.unparse(_unquoted(line.annotation) or line.annotation)
    default = f" = {ast.unparse(line.value)}" if line.value else ""
    return f"{ast.unparse(line.target)}: {kind}{default.replace('field(default_factory=dict)', '{}')}"


def _unquoted(annotation: ast.expr | None) -> ast.expr | None:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return ast.parse(annotation.value, mode="eval").body
    return annotation


def _without_modules(signature: str) -> str:
    """``modules.Workplace`` is ``Workplace`` to a reader."""
    return re.sub(r"\b[a-z_]+\.(?=[A-Z])", "", signature)


def _macro(macro: Macro) -> str:
    needed = len(macro.args) - len(macro.defaults)
    given = [
        f"{argument.name}={default.value!r}" if isinstance(default, Const) else f"{argument.name}={{}}"
        for argument, default in zip(macro.args[needed:], macro.defaults, strict=True)
    ]
    return f"{macro.name}({', '.join([*(argument.name for argument in macro.args[:needed]), *given])})"
