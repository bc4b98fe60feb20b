"""Compare-and-set for rows that carry a version (requirement K3): of two who read the same one, one wins."""

from typing import Any

from sqlalchemy import inspect, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.contract.errors import Conflict
from lms.platform.db import Base

_UNIQUE_VIOLATION = "23505"


def compare_and_set(
    session: Session,
    row: Base,
    column: InstrumentedAttribute[int],
    *,
    seen: int,
    conflict: Conflict,
    to: int | None = None,
) -> None:
    """Move the version of ``row`` from ``seen`` to ``to`` (default: the next), or raise ``conflict``.

    ``column`` is the version's attribute (``Plan.version``), ``seen`` the version that the form was opened
    with. One ``UPDATE ... WHERE version = seen``: a second writer waits for the first one's commit and then
    matches nothing. The row stays locked until the end of the transaction. Call it before changing ``row``:
    it is read anew, so what a page shows after the conflict is what the other one stored. ``to=seen`` keeps
    the version, for what is saved while somebody types.
    """
    model = type(row)
    keys = inspect(model).primary_key
    values: tuple[Any, ...] = inspect(row).identity or ()
    changed = session.execute(
        update(model)
        .where(*(key == value for key, value in zip(keys, values, strict=True)), column == seen)
        .values({column: seen + 1 if to is None else to})
        .execution_options(synchronize_session=False)
    )
    try:
        session.refresh(row)
    except InvalidRequestError:  # it was removed meanwhile
        session.expunge(row)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise conflict


def is_twin(error: DBAPIError) -> bool:
    """Whether a row was refused because one with the same key stands already."""
    state = getattr(error.orig, "sqlstate", "")
    name = getattr(error.orig, "sqlite_errorname", "")
    return state == _UNIQUE_VIOLATION or name in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
