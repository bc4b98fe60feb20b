"""Whether a question only retells the material, so that its answer is remembered and not worked out: pure.

Signs, for one paragraph of the material: six words in a row of a keyed text; five in a row of a table; three exact
figures; the same school with two counts. They find copies, not likeness: a question in other words has to be read by a person.
"""

import re
from collections.abc import Iterator

from lms.contract.items import ItemSpec

_RUN, _ROW_RUN = 6, 5
_SCALE = frozenset({"0,00", "2,04", "2,05", "3,70", "3,71", "5,06", "5,07", "6,66", "6,67", "7,00", "100"})
"""Limits of the quality report, which every question about it repeats."""
_SCHOOL = re.compile(r"SDN \d+")
_YEAR = re.compile(r"(?:19|20)\d\d")


def retold(item: ItemSpec, material: str) -> list[str]:
    """What the question has in common with a paragraph of ``material``, a sentence each; empty when it is fresh."""
    given = _stimulus(item)
    keyed = [_runs(text, _RUN) for text in _keyed(item)]
    rows = [_runs(row, _ROW_RUN) for row in _rows(item)]
    found = []
    for paragraph in re.split(r"\n\s*\n", material):
        runs, cells = _runs(paragraph, _RUN), _runs(paragraph, _ROW_RUN)
        found += [
            f"the key stands in the material: {' '.join(run)}"
            for words in keyed
            for run in sorted(words & runs)
        ]
        found += [f"a row of the material: {' '.join(run)}" for row in rows for run in sorted(row & cells)]
        exact = _exact(given) & _exact(paragraph)
        if len(exact) >= 3:
            found.append(f"figures of the material: {', '.join(sorted(exact))}")
        school, counts = _schools(given) & _schools(paragraph), _counts(given) & _counts(paragraph)
        if school and len(counts) >= 2:
            found.append(f"{min(school)} with figures of the material: {', '.join(sorted(counts))}")
    return found


def _rows(item: ItemSpec) -> list[str]:
    return [
        " ".join(map(str, row)) for part in item.body.get("stimulus") or () for row in part.get("rows", ())
    ]


def _stimulus(item: ItemSpec) -> str:
    texts = [str(part.get("text", "")) for part in item.body.get("stimulus") or ()]
    return "\n".join([*texts, *_rows(item), str(item.body["stem"])])


def _keyed(item: ItemSpec) -> Iterator[str]:
    """Texts that the key rests on: keyed options, statements, both sides of pairs."""
    key = item.secret.get("key")
    for option in item.body.get("options", ()):
        if option["id"] == key or (isinstance(key, list) and option["id"] in key):
            yield option["text"]
    for name in ("statements", "left", "right"):
        yield from (entry["text"] for entry in item.body.get(name, ()))


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def _figures(text: str) -> set[str]:
    numbers = set(re.findall(r"\d+(?:[.,]\d+)*", _SCHOOL.sub("", text)))
    return {found for found in numbers - _SCALE if not _YEAR.fullmatch(found)}


def _exact(text: str) -> set[str]:
    """Figures that hardly fall together by chance: with a comma or of three digits and more."""
    return {found for found in _figures(text) if "," in found or len(found.replace(".", "")) >= 3}


def _counts(text: str) -> set[str]:
    """Figures with what they count: ``160 siswa``, ``32 kali``, ``88%``; minutes are alike in every lesson."""
    found = re.findall(
        r"\b(\d+(?:[.,]\d+)*)(\u00a0?%| (?!menit\b|dari\b|dan\b)[a-z]{3,})", _SCHOOL.sub("", text)
    )
    return {figure + unit.lstrip("\u00a0") for figure, unit in found}


def _schools(text: str) -> set[str]:
    return set(_SCHOOL.findall(text))
