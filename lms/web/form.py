"""What was typed into a form stays, whatever happens, and each fault becomes a sentence beside its field."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.datastructures import MultiDict

from lms.contract.errors import Conflict, ImbasError, Invalid, NotFound
from lms.contract.parsing import MAX_INTEGER, parse_int
from lms.contract.text import Text, message
from lms.platform.db import db
from lms.web.i18n import locale
from lms.web.request import wants_json


def too_long(text: str, longest: int) -> Text | None:
    """What to say of a text above ``longest`` characters: it is refused, never cut off in silence."""
    if len(text) <= longest:
        return None
    return message(
        "Paling panjang %(longest)s huruf; sekarang %(length)s.", longest=longest, length=len(text)
    )


def field_text(name: str, longest: int) -> str:
    """The trimmed text of one field of this request; raises Invalid at the field when it is too long."""
    text = request.form.get(name, "").replace("\r\n", "\n").strip()
    if fault := too_long(text, longest):
        raise Invalid.at(name, fault)
    return text


def sentences(error: ImbasError | None) -> dict[str, str]:
    """Field -> sentence in the viewer's language; the whole error stands under ``""``."""
    if error is None:
        return {}
    fields = {name: text.in_(locale()) for name, text in error.fields.items()}
    return fields or {"": error.text.in_(locale())}


@dataclass(slots=True)
class Form:
    """A form as it was typed. ``values``: text by field name; ``errors``: a sentence by field name."""

    values: dict[str, str]
    chosen: dict[str, list[str]] = field(default_factory=dict)
    """All values of each field, for fields that may be ticked more than once."""
    errors: dict[str, Text] = field(default_factory=dict)
    conflict: Text | None = None
    """What to tell over the form: it has changed meanwhile, is gone, or is not complete."""

    @classmethod
    def posted(cls, form: "MultiDict[str, str]") -> Self:
        """What a request carried."""
        return cls(form.to_dict(), form.to_dict(flat=False))

    @property
    def version(self) -> int:
        """The version that was read when the form was opened; 0 for something new."""
        return self.whole("version") or 0

    def text(self, name: str, longest: int = 2000) -> str:
        """The trimmed text of a field; too long a text is an error, never cut off silently."""
        value = self.values.get(name, "").replace("\r\n", "\n").strip()
        if fault := too_long(value, longest):
            self.errors[name] = fault
        return value

    def whole(self, name: str, most: int = MAX_INTEGER) -> int | None:
        """A whole number from 0 to ``most``, or None."""
        text = self.values.get(name, "")
        return parse_int(text, high=most)

    @property
    def error_texts(self) -> dict[str, str]:
        """The sentences by field, in the language of the page, for the list over the form."""
        return {name: text.in_(locale()) for name, text in self.errors.items()}

    def stop_at_errors(self) -> None:
        """Raise Invalid when a field has a fault, before anything is changed."""
        if self.errors:
            text = message("Ada isian yang perlu dibetulkan.")
            raise Invalid(text, fields=self.errors)

    def refuse(self, error: Invalid | Conflict) -> None:
        """Show what was refused: beside its field, or over the form when it has none."""
        self.errors |= error.fields
        if isinstance(error, Conflict) or not error.fields:
            self.conflict = error.text

    def lost(self, error: NotFound) -> None:
        """What the form was opened for is gone: what was typed may be saved as something new."""
        self.conflict = error.text
        self.values["version"] = "0"


def saved(
    form: Form,
    save: Callable[[], str],
    again: Callable[[], str],
    message: str,
    *,
    gone: Callable[[], str] | None = None,
) -> ResponseReturnValue:
    """Call ``save`` and redirect (303) to the address that it returns, with ``message`` shown there.

    When it raises Invalid or Conflict, the page that ``again`` renders is the answer, with the error's status. When it
    raises NotFound, the one that ``gone`` renders: what the form was opened for is no longer there, and what was typed
    may be saved as something new. Without ``gone``, NotFound is raised. What ``save`` had changed before the error is
    undone before a page is rendered, so that it shows what is stored and what was typed. A script that asks for JSON is told
    the error itself, with its fields.
    """
    try:
        target = save()
    except (Invalid, Conflict) as error:
        if wants_json():
            raise
        form.refuse(error)
        return _redrawn(again, error), error.status
    except NotFound as error:
        if gone is None or wants_json():
            raise
        form.lost(error)
        return _redrawn(gone, error), error.status
    flash(message)
    return redirect(target, 303)


def _redrawn(draw: Callable[[], str], error: ImbasError) -> str:
    db.session().rollback()
    try:
        return draw()
    except (
        ObjectDeletedError
    ):  # removed meanwhile: the page of errors says what happened, and shows what was typed
        raise error from None
