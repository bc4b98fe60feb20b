"""The one place where every text of a request is checked, before a view sees it.

What people paste from a slide or a terminal is cleaned in silence. What no page sends (NUL, half of a surrogate
pair, noncharacters) is refused with a sentence. A cookie that is not ours to read counts as absent, since a page
cannot help somebody to get rid of it.
"""

import re
from collections.abc import Iterator

import flask
from flask import Flask, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

from lms.contract.characters import has_controls, is_text, without_controls
from lms.contract.errors import Invalid
from lms.contract.text import message

KEY = re.compile(r"[\x21-\x7e]{1,80}")
"""An idempotency key: visible ASCII, as long as its column."""
_UNREADABLE = message(
    "Kiriman ini memuat tanda yang tidak dapat disimpan. Tidak ada yang diubah. "
    "Kembali, ketik ulang bagian yang disalin dari tempat lain, lalu kirim lagi."
)


class _Parser(FormDataParser):
    """Form values arrive without control characters."""

    def parse(self, *arguments, **options):  # type: ignore[no-untyped-def]  # as its base, whatever that takes
        stream, form, files = super().parse(*arguments, **options)
        return stream, _cleaned(form), files


class Request(flask.Request):
    """A request whose texts can be stored."""

    form_data_parser_class = _Parser

    @cached_property
    def args(self) -> "MultiDict[str, str]":
        """The query, without control characters."""
        return _cleaned(super().args)

    @cached_property
    def cookies(self) -> "ImmutableMultiDict[str, str]":
        """The cookies that consist of visible ASCII, as all of ours do."""
        found = super().cookies.items(multi=True)
        return ImmutableMultiDict([(name, value) for name, value in found if f"{name}{value}".isascii()])


def init_request(app: Flask) -> None:
    """Use ``Request``, and refuse what cannot be read as text."""
    app.request_class = Request

    @app.before_request
    def _refuse() -> None:
        key = request.headers.get("X-Idempotency-Key") or request.form.get("_key")
        if not all(map(is_text, _texts())) or (key and not KEY.fullmatch(key)):
            error = Invalid(_UNREADABLE)
            error.status = 400
            raise error


def wants_json() -> bool:
    """Whether a script asked, and not a person."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _texts() -> Iterator[str]:
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""


def _cleaned(values: "MultiDict[str, str]") -> "MultiDict[str, str]":
    if not any(has_controls(value) for value in values.values()):
        return values
    return type(values)([(name, without_controls(value)) for name, value in values.items(multi=True)])
