"""What is wrong with a value of a typed model, as a sentence for people."""

from decimal import Decimal
from typing import Any

from lms.contract.text import Text, message, verbatim
from lms.contract.typed_fields import ValueKind

_WORDS = {
    "missing": message("wajib diisi"),
    "extra_forbidden": message("tidak dikenal"),
    "greater_than": message("harus lebih dari %(gt)s"),
    "greater_than_equal": message("paling sedikit %(ge)s"),
    "less_than": message("harus kurang dari %(lt)s"),
    "less_than_equal": message("paling banyak %(le)s"),
    "string_too_short": message("wajib diisi"),
    "string_too_long": message("terlalu panjang (paling banyak %(max_length)s huruf)"),
    "string_pattern_mismatch": message("bentuknya tidak sesuai"),
    "literal_error": message("pilihan yang ada: %(expected)s"),
    "decimal_max_places": message("paling banyak %(decimal_places)s angka di belakang koma"),
    "too_short": message("paling sedikit %(min_length)s"),
    "too_long": message("paling banyak %(max_length)s"),
}
_KINDS = {
    "int": message("harus bilangan bulat"),
    "decimal": message("harus bilangan"),
    "date": message("harus tanggal (2020-10-30)"),
    "datetime": message("harus waktu dengan zona (2020-10-30T16:00:00+07:00)"),
    "bool": message("harus true atau false"),
    "string": message("harus teks"),
    "model": message("harus berisi bagian-bagiannya"),
    "tuple": message("harus daftar"),
}


UNREADABLE = {
    ValueKind.TEXT: message("Wajib diisi."),
    ValueKind.NUMBER: message("Tulis bilangan bulat."),
    ValueKind.DECIMAL: message("Tulis angka, misalnya 12 atau 12,5."),
    ValueKind.DATE: message("Pilih tanggalnya."),
    ValueKind.MOMENT: message("Pilih tanggal dan jamnya."),
    ValueKind.YES_NO: message("Pilih ya atau tidak."),
    ValueKind.CHOICE: message("Pilih salah satu."),
}
"""What to say of a typed text that is no value of its kind."""


def sentence_of(entry: Any) -> Text:
    """The sentence for one entry of ``ValidationError.errors()``: without its place, in lower case.

    What a validator raises as another ValueError than FieldFault, or as one without a Text, is said as it is.
    """
    kind, context = str(entry["type"]), entry.get("ctx", {})
    if kind == "value_error":
        error = context["error"]
        text = getattr(error, "text", None)
        return text if isinstance(text, Text) else verbatim(str(error))
    words = _WORDS.get(kind) or _KINDS.get(kind.split("_")[0])
    if words is None:
        return message("nilainya tidak sesuai")
    plain = {
        name: value if isinstance(value, int | Decimal) else str(value) for name, value in context.items()
    }
    return words.filled(**plain)
