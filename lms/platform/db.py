"""The declarative base, exact column types, and the engine settings of both databases."""

import time
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    TypeDecorator,
    delete,
    event,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.types import TypeEngine

from lms.contract.parsing import MAX_EXACT
from lms.contract.text import Text, message, stored, text_of
from lms.platform.columns import check_day, checked, dump_json, unstorable
from lms.platform.session import Session

EXACT_PLACES = 4
RESTED_SECONDS = 5
_SCALE = Decimal(10) ** EXACT_PLACES


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. Refuses naive values, because SQLite would silently drop the zone."""

    impl = DateTime
    cache_ok = True

    def __init__(self, column: str = "") -> None:
        super().__init__(timezone=True)
        self.column = column

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime refused: every time carries its zone")
        check_day(self.column, value)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """An exact decimal with 4 places: NUMERIC on PostgreSQL, ten-thousandths on SQLite.

    SQLite has no exact decimal type; whole ten-thousandths compare, sort and sum exactly. A value
    with more than 4 places is refused: the caller decides how to round.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, column: str = "") -> None:
        super().__init__()
        self.column = column

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(15, EXACT_PLACES))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        number = Decimal(value)
        if not (number.is_finite() and abs(number) <= MAX_EXACT):
            raise unstorable(self.column, message("angkanya terlalu besar"))
        if number != number.quantize(1 / _SCALE, rounding=ROUND_HALF_UP):
            raise unstorable(
                self.column,
                message("paling banyak %(exact_places)s angka di belakang koma", exact_places=EXACT_PLACES),
            )
        return int(number * _SCALE) if dialect.name == "sqlite" else number

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value) / _SCALE if dialect.name == "sqlite" else Decimal(value)


class TextColumn(TypeDecorator[Text]):
    """A text that is read in any language (``lms/contract/text.py``), as JSON."""

    impl = JSON
    cache_ok = True

    @property
    def python_type(self) -> type[Text]:
        return Text

    def process_bind_param(self, value: Text | None, _dialect: Dialect) -> Any:
        return None if value is None else stored(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Text | None:
        return None if value is None else text_of(value)


def enum_type(kind: type[StrEnum]) -> Enum:
    """A VARCHAR column with a CHECK for the values of ``kind``; no native type to migrate."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


BIG = BigInteger().with_variant(Integer(), "sqlite")
"""The type of numbers of rows that people make every day for years, and of keys that point at them: 64 bits.

SQLite's INTEGER has them already, and only under that name numbers a table by itself.
"""


class Base(DeclarativeBase):
    """Base of every model, core and plugin. Not ``db.Model``: models import no Flask.

    A column's type follows from its annotation: ``Mapped[datetime]`` is aware UTC, ``Mapped[Decimal]`` exact to 4 places,
    ``Mapped[dict[str, Any]]`` JSON. A value that the column could not hold on both databases raises Invalid.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        Decimal: Exact(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        Text: TextColumn(),
    }


@event.listens_for(Column, "before_parent_attach")  # before a key that points here copies the type
def _check_what_columns_take(column: Column[Any], table: Table) -> None:
    if table.metadata is Base.metadata:
        kind = column.type
        own = type(kind)(column.name) if isinstance(kind, UtcDateTime | Exact) else checked(column.name, kind)
        column.type = own


def index_where(condition: str, name: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows that meet ``condition`` (SQL), on both databases."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition)
    )


def unique_where(condition: str, name: str, *columns: str) -> Index:
    """That ``columns`` are unique among the rows that meet ``condition``.

    A constraint holds two rows with NULL in one of its columns for different ones; this one says what is unique there.
    """
    return index_where(condition, name, *columns, unique=True)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that need no object: half the work of a mapped one."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def forget_rows(session: OrmSession, table: Table, condition: ColumnElement[bool], limit: int) -> int:
    """Delete at most ``limit`` rows of ``table`` that meet ``condition``; how many."""
    keys = tuple(table.primary_key.columns)
    chosen = select(*keys).where(condition).limit(limit)
    key = keys[0] if len(keys) == 1 else tuple_(*keys)
    return session.execute(delete(table).where(key.in_(chosen))).rowcount  # type: ignore[attr-defined,no-any-return]


def reset_sequences(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were written with their ids; SQLite does so itself."""
    if connection.dialect.name == "postgresql" and "id" in table.c and table.c.id.autoincrement:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608 - our own table names
                f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
            )
        )


db = SQLAlchemy(
    metadata=Base.metadata,
    disable_autonaming=True,
    session_options={"class_": Session, "expire_on_commit": False, "autoflush": True},
)
"""The session and engine manager; ``db.session()`` is the current request's session."""


def engine_options(url: str) -> dict[str, Any]:
    """Options for the engine of ``url``.

    On PostgreSQL the 64 request threads of a process share 8 connections that stay open: opening
    one costs the server more than a whole page, and keeping one costs it about 5 MB. A dozen processes fit into its usual
    limit of 100. Six would cost a tenth less, but who waits for a connection is not served in turn: of twenty graders
    who pressed as fast as they could, some got none for the whole time.
    What people wrote stays out of error messages, and so out of logs.
    """
    if url.startswith("sqlite"):
        return {"pool_size": 16, "max_overflow": 64, "hide_parameters": True, "json_serializer": dump_json}
    return {
        "json_serializer": dump_json,
        "pool_size": 8,
        "max_overflow": 0,
        "pool_recycle": 1800,
        "pool_use_lifo": True,  # the same few connections, which have everything prepared
        "hide_parameters": True,
        "connect_args": {  # a server whose host lost its power must not be waited for until tomorrow
            "connect_timeout": 10,
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        },
    }


def ping_idle_connections(engine: Engine) -> None:
    """Ping connections that were idle for more than ``RESTED_SECONDS`` before handing them out.

    SQLAlchemy's ``pool_pre_ping`` pings before every request, which costs each page a round trip.
    """

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _asked(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("rests_since", time.monotonic()) < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
