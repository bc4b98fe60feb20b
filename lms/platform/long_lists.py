"""Conditions about long lists: ``column`` is one of many values, as a single bound parameter.

``IN`` binds each value, and a statement takes 65,535 of them on PostgreSQL and 32,766 on SQLite; a district has more
teachers. PostgreSQL gets an array (``= ANY``), SQLite a JSON list. The statement stays the same however long the list is,
so that the server prepares it once.
"""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Dialect,
    SQLColumnExpression,
    String,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from lms.platform.columns import dump_json


def among(
    column: SQLColumnExpression[Any], values: Iterable[Any] | BindParameter[Any]
) -> ColumnElement[bool]:
    """That ``column``, of whole numbers or text, is one of ``values``; of any number of them, in one bound parameter.

    ``values`` are numbers or texts, or a ``bindparam`` that takes them. Among none is nothing. ``~among(...)`` is the contrary.
    A subquery goes into ``column.in_`` as ever. Raises ValueError for None among them.
    """
    of = cast(ColumnElement[Any], column).type.python_type
    kind = _List(String() if issubclass(of, str) else BigInteger())
    bound = (
        bindparam(values.key, type_=kind)
        if isinstance(values, BindParameter)
        else bindparam(None, list(values), type_=kind, unique=True)
    )
    return column.op("", is_comparison=True)(_AnyOf(bound))


class _List(TypeDecorator[Iterable[Any]]):
    """Many values as one parameter."""

    impl = String
    cache_ok = True

    def __init__(self, kind: BigInteger | String) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array, where the database has it."""
        return ARRAY(self.kind) if dialect.name == "postgresql" else String()

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """The values, as the driver takes them."""
        values = list(value or ())
        if None in values:
            raise ValueError("NULL equals nothing; ask for it by is_(None)")
        return values if dialect.name == "postgresql" else dump_json(values)


class _AnyOf(FunctionElement[Any]):
    """The operator and the list, as each database writes them."""

    inherit_cache = True
    name = "any_of"


@compiles(_AnyOf, "postgresql")
def _array(element: _AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"= ANY ({compiler.process(element.clauses, **options)})"


@compiles(_AnyOf, "sqlite")
def _json(element: _AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"IN (SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608 - a bound parameter
