"""Faults of a definition: one Indonesian sentence each, and where in the document it lies."""

from collections.abc import Sequence
from typing import Any

from lms.contract.typed_errors import sentence_of

Path = tuple[int | str, ...]
"""Steps from the top of the document: field names and positions (from 0)."""


class DefinitionFault(Exception):
    """The document is wrong; ``faults`` has one sentence each, ``paths`` where each lies."""

    def __init__(self, faults: Sequence[str], paths: Sequence[Path] = ()) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
        self.paths = tuple(paths) or ((),) * len(self.faults)


class Misfit(ValueError):
    """Two parts do not go together; ``path`` says which part to look at."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


def of_errors(errors: Sequence[Any], at: Path = ()) -> DefinitionFault:
    """The fault for the errors of a pydantic model, which lies at ``at``."""
    errors = [{**error, "loc": (*at, *error["loc"])} for error in errors]
    return DefinitionFault([_sentence(error) for error in errors], [_path(error) for error in errors])


def _sentence(error: Any) -> str:
    message = sentence_of(error).in_("id")
    path = " › ".join(_step(step) for step in error["loc"])
    return f"{path}: {message}" if path else message


def _path(error: Any) -> Path:
    cause = error.get("ctx", {}).get("error")
    return cause.path if isinstance(cause, Misfit) else tuple(error["loc"])


def without_path(sentence: str, path: Path) -> str:
    """The sentence as it stands beside the field itself."""
    return sentence.removeprefix(" › ".join(_step(step) for step in path) + ": ")


def _step(step: int | str) -> str:
    return f"nomor {step + 1}" if isinstance(step, int) else step
