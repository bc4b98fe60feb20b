"""What is wrong with a value of a typed model, as a sentence for people."""

from typing import Any

from lms.contract.text import Text
from lms.contract.typed_fields import ValueKind

_WORDS = {
    "missing": ("wajib diisi", "must be filled in"),
    "extra_forbidden": ("tidak dikenal", "is not known"),
    "greater_than": ("harus lebih dari {gt}", "must be more than {gt}"),
    "greater_than_equal": ("paling sedikit {ge}", "must be {ge} or more"),
    "less_than": ("harus kurang dari {lt}", "must be less than {lt}"),
    "less_than_equal": ("paling banyak {le}", "must be {le} or less"),
    "string_too_short": ("wajib diisi", "must be filled in"),
    "string_too_long": (
        "terlalu panjang (paling banyak {max_length} huruf)",
        "is too long (at most {max_length} characters)",
    ),
    "string_pattern_mismatch": ("bentuknya tidak sesuai", "does not have the right form"),
    "literal_error": ("pilihan yang ada: {expected}", "must be one of {expected}"),
    "decimal_max_places": (
        "paling banyak {decimal_places} angka di belakang koma",
        "has more than {decimal_places} decimal places",
    ),
    "too_short": ("paling sedikit {min_length}", "must have {min_length} or more"),
    "too_long": ("paling banyak {max_length}", "must have {max_length} or fewer"),
}
_KINDS = {
    "int": ("harus bilangan bulat", "must be a whole number"),
    "decimal": ("harus bilangan", "must be a number"),
    "date": ("harus tanggal (2020-10-30)", "must be a day (2020-10-30)"),
    "datetime": (
        "harus waktu dengan zona (2020-10-30T16:00:00+07:00)",
        "must be a time with its zone (2020-10-30T16:00:00+07:00)",
    ),
    "bool": ("harus true atau false", "must be true or false"),
    "string": ("harus teks", "must be a text"),
    "model": ("harus berisi bagian-bagiannya", "must hold its parts"),
    "tuple": ("harus daftar", "must be a list"),
}


UNREADABLE = {
    ValueKind.TEXT: Text("Wajib diisi.", "Write something."),
    ValueKind.NUMBER: Text("Tulis bilangan bulat.", "Write a whole number."),
    ValueKind.DECIMAL: Text("Tulis angka, misalnya 12 atau 12,5.", "Write a number, such as 12 or 12.5."),
    ValueKind.DATE: Text("Pilih tanggalnya.", "Choose the date."),
    ValueKind.MOMENT: Text("Pilih tanggal dan jamnya.", "Choose day and hour."),
    ValueKind.YES_NO: Text("Pilih ya atau tidak.", "Choose yes or no."),
    ValueKind.CHOICE: Text("Pilih salah satu.", "Choose one."),
}
"""What to say of a typed text that is no value of its kind."""


def sentence_of(error: Any) -> Text:
    """The sentence for one entry of ``ValidationError.errors()``: without its place, in lower case.

    What a validator of the model raised is said as it is, in its own language.
    """
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        said = str(context["error"])
        return Text(said, said)
    words = _WORDS.get(kind) or _KINDS.get(kind.split("_")[0])
    if words is None:
        said = str(error["msg"])
        return Text(said, said)
    indonesian, english = words
    return Text(indonesian.format(**context), english.format(**context))
