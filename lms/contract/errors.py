"""Errors that a use case raises and the edge turns into a page.

Each error says what happened, whether the work is safe and what to do next; the text is shown to
people as it is, in the language of whoever reads it.
"""

from collections.abc import Mapping

from lms.contract.catalogues import SOURCE
from lms.contract.text import Text


class ImbasError(Exception):
    """Base of every error with a sentence for people.

    ``status`` is the HTTP status the web edge answers with; ``fields`` maps a form field to its
    own sentence.
    """

    status = 400

    def __init__(self, text: Text, *, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.fields: dict[str, Text] = dict(fields or {})

    def __str__(self) -> str:
        return self.text.in_(SOURCE)


class Invalid(ImbasError):
    """What was sent breaks a rule (422)."""

    status = 422

    @classmethod
    def at(cls, field: str, text: Text) -> "Invalid":
        """The fault of one field."""
        return cls(text, fields={field: text})


class NotFound(ImbasError):
    """The object does not exist, or the actor may not know that it does (404)."""

    status = 404


class Forbidden(ImbasError):
    """The actor may see the object but not do this to it (403)."""

    status = 403


class Conflict(ImbasError):
    """The object has moved on since the page was read, or a key was used with another body (409)."""

    status = 409


class TooLarge(ImbasError):
    """A file or a request is larger than allowed (413)."""

    status = 413


class TooMany(ImbasError):
    """Too many tries in a short time (429)."""

    status = 429


class ServerBusy(ImbasError):
    """The server has too much to do just now; the same request is right a little later (503).

    ``retry_after`` is the number of seconds that ``Retry-After`` says.
    """

    status = 503
    retry_after = 5


class PluginFault(Exception):
    """A plugin breaks the contract; ``faults`` lists every fault found, one sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
