"""Faults of a definition: one Indonesian sentence each, and where in the document it lies."""

from collections.abc import Sequence
from typing import Any

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


_WORDS = {
    "missing": "wajib diisi",
    "extra_forbidden": "tidak dikenal",
    "greater_than": "harus lebih dari {gt}",
    "greater_than_equal": "paling sedikit {ge}",
    "less_than_equal": "paling banyak {le}",
    "string_too_short": "wajib diisi",
    "string_too_long": "terlalu panjang (paling banyak {max_length} huruf)",
    "string_pattern_mismatch": "bentuknya tidak sesuai",
    "literal_error": "pilihan yang ada: {expected}",
    "decimal_max_places": "paling banyak {decimal_places} angka di belakang koma",
    "too_short": "paling sedikit {min_length}",
    "too_long": "paling banyak {max_length}",
}
_KINDS = {
    "int": "harus bilangan bulat",
    "decimal": "harus bilangan",
    "date": "harus tanggal (2020-10-30)",
    "datetime": "harus waktu dengan zona (2020-10-30T16:00:00+07:00)",
    "bool": "harus true atau false",
    "string": "harus teks",
    "model": "harus berisi bagian-bagiannya",
    "tuple": "harus daftar",
}


def _sentence(error: Any) -> str:
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        message = str(context["error"])
    elif kind in _WORDS:
        message = _WORDS[kind].format(**context)
    else:
        message = _KINDS.get(kind.split("_")[0], str(error["msg"]))
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
