"""How an invented participant answers a quiz item."""

from random import Random
from typing import Any

from lms.assessment import api as assessment

Fields = dict[str, list[str]]
_OPENERS = (
    "Menurut saya data itu menunjukkan bahwa",
    "Dari tabel saya melihat bahwa",
    "Pertama saya membandingkan angkanya, lalu menyimpulkan bahwa",
    "Alasan saya, di sekolah kami juga terjadi bahwa",
)
_CLOSERS = (
    "Karena itu langkah pertama adalah memeriksa akar masalahnya bersama tim, bukan langsung membeli barang.",
    "Jadi rencana harus punya data awal, target, penanggung jawab, dan waktu.",
    "Saya akan menanyakan bukti ini kepada guru kelas dan komite sebelum memutuskan.",
    "Bulan depan hasilnya diukur lagi dengan cara yang sama supaya dapat dibandingkan.",
)


def fields_for(item: assessment.LoadedItem, right: bool, rng: Random) -> Fields:
    """Form fields as a browser would post them; empty for a format whose key has no known shape.

    The shape of a key is that of an answer: one id, a list of ids, or a choice for each row.
    """
    key = item.secret.get("key")
    if item.secret.get("guide"):
        return {"": [essay(item, right, rng)]}
    if item.secret.get("accept"):
        accepted = str(item.secret["accept"][0])
        return {"": [accepted if right else str(rng.randint(2, 60))]}
    if isinstance(key, str):
        return {"": [key if right else _another(key, _ids(item.body, "options"), rng)]}
    if isinstance(key, list):
        return {"": [str(entry) for entry in (key if right else _spoilt(item, key, rng))]}
    if isinstance(key, dict):
        return _rows(item, key, right, rng)
    return {}


def essay(item: assessment.LoadedItem, good: bool, rng: Random) -> str:
    """A few sentences that touch every aspect of the guide, or only the first."""
    aspects = [str(line["aspect"]).rstrip(".").lower() for line in item.secret["guide"]]
    told = aspects if good else aspects[:1]
    sentences = [f"{rng.choice(_OPENERS)} {aspect} perlu dijelaskan dengan bukti." for aspect in told]
    return " ".join([*sentences, rng.choice(_CLOSERS)])


def _ids(body: Any, name: str) -> list[str]:
    return [str(entry["id"]) for entry in body.get(name, ())]


def _another(right: str, choices: list[str], rng: Random) -> str:
    return rng.choice([choice for choice in choices if choice != right] or [right])


def _spoilt(item: assessment.LoadedItem, key: list[Any], rng: Random) -> list[str]:
    """One right choice missing, or a wrong one added."""
    chosen = [str(entry) for entry in key]
    wrong = [choice for choice in _ids(item.body, "options") if choice not in chosen]
    if len(chosen) > 1 and (not wrong or rng.random() < 0.5):
        return chosen[:-1]
    return [*chosen, rng.choice(wrong)]


def _rows(item: assessment.LoadedItem, key: dict[str, Any], right: bool, rng: Random) -> Fields:
    fields = {str(row): [str(choice)] for row, choice in key.items()}
    if not right:
        choices = _ids(item.body, "categories") or _ids(item.body, "right")
        row = rng.choice(sorted(fields))
        fields[row] = [_another(fields[row][0], choices, rng)]
    return fields
