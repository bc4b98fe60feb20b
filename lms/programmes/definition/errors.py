"""Faults of a definition: one sentence each, and where in the document it lies."""

from collections.abc import Sequence
from typing import Any

from lms.contract.catalogues import SOURCE
from lms.contract.text import Joined, Text, message, verbatim
from lms.contract.typed_errors import sentence_of
from lms.contract.typed_fields import FieldFault

Path = tuple[int | str, ...]
"""Steps from the top of the document: field names and positions (from 0)."""


class DefinitionFault(Exception):
    """The document is wrong; ``faults`` has one sentence each, ``paths`` where each lies."""

    def __init__(self, faults: Sequence[Text], paths: Sequence[Path] = ()) -> None:
        super().__init__(*faults)
        self.faults = tuple(faults)
        self.paths = tuple(paths) or ((),) * len(self.faults)

    def __str__(self) -> str:
        return "\n".join(fault.in_(SOURCE) for fault in self.faults)


class Misfit(FieldFault):
    """Two parts do not go together; ``path`` says which part to look at."""

    def __init__(self, text: Text, path: Path) -> None:
        super().__init__(text)
        self.path = path


def of_errors(errors: Sequence[Any], at: Path = ()) -> DefinitionFault:
    """The fault for the errors of a pydantic model, which lies at ``at``."""
    errors = [{**error, "loc": (*at, *error["loc"])} for error in errors]
    sentences = [placed(tuple(error["loc"]), sentence_of(error)) for error in errors]
    return DefinitionFault(sentences, [_path(error) for error in errors])


def placed(path: Path, sentence: Text) -> Text:
    """The sentence behind the words of its path: ``stages › nomor 1 › title: wajib diisi``."""
    return Joined(": ", (_words(path), sentence)) if path else sentence


def without_path(sentence: Text, path: Path) -> Text:
    """The sentence as it stands beside the field itself."""
    if isinstance(sentence, Joined) and sentence.parts[0] == _words(path):
        return sentence.parts[1]
    return sentence


def _path(error: Any) -> Path:
    cause = error.get("ctx", {}).get("error")
    return cause.path if isinstance(cause, Misfit) else tuple(error["loc"])


def _words(path: Path) -> Text:
    steps = (
        message("nomor %(no)s", no=step + 1) if isinstance(step, int) else verbatim(step) for step in path
    )
    return Joined(" › ", tuple(steps))
