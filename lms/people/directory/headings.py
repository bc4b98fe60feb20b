"""Which column of a list is what: headings in one to three rows, merged or not. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lms.contract.normalise import clean_text, fold

Rows = Sequence[Sequence[str]]

_KNOWN = {
    "name": "nama|nama lengkap|nama ptk|nama guru|nama pegawai|nama pendidik|nama lengkap dan gelar|nama dan gelar"
    "|nama lengkap dengan gelar|nama lengkap beserta gelar|nama gtk|nama guru dan pegawai|nama peserta",
    "nuptk": "nuptk|no nuptk|nomor nuptk",
    "nip": "nip|no nip|nomor nip|nip ni pppk|nip nippppk|ni pppk|nip baru|nip pns",
    "nip_or_nuptk": "nip nuptk|nuptk nip|nip atau nuptk",
    "status": "status kepegawaian|status pegawai|status|status ptk",
    "kind": "jenis ptk|jabatan|jenis gtk|tugas|jabatan ptk",
    "front": "gelar depan",
    "back": "gelar belakang|gelar",
    "telephone": "telepon|nomor telepon|no telepon|telp|no telp|nomor telp",
    "phone": "hp|no hp|nomor hp|no wa|nomor wa|wa|whatsapp|no whatsapp|nomor whatsapp|no hp wa|hp wa|nomor hp wa"
    "|no telp hp|no telepon hp|nomor telepon hp|no handphone|handphone",
    "npsn": "npsn",
}
_HEADERS = {words: name for name, every in _KNOWN.items() for words in every.split("|")}
_PRIVATE = frozenset(
    [
        "nik",
        "nama ibu kandung",
        "ibu kandung",
        "alamat",
        "alamat jalan",
        "agama",
        "tempat lahir",
        "tanggal lahir",
        "tempat tanggal lahir",
        "no kk",
        "npwp",
        "nama suami istri",
        "nama suami",
        "nama istri",
        "rekening",
        "nomor rekening bank",
        "no rekening",
        "lintang",
        "bujur",
        "rt",
        "rw",
        "jk",
        "jenis kelamin",
        "l p",
        "email",
        "e mail",
        "kecamatan",
        "desa kelurahan",
        "kode pos",
        "status perkawinan",
    ]
)
_COUNTERS = frozenset({"no", "nomor", "no urut", "nomor urut", "urut", "nr", "#"})
_WITHIN = 20
"""Dapodik puts four title rows above the headings; others put more."""
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Headings:
    """``columns`` by meaning; ``below``: the first row under the headings; ``told``: each column's own words."""

    columns: dict[str, int]
    below: int
    told: tuple[str, ...]

    @property
    def private(self) -> tuple[str, ...]:
        """Columns that are never read."""
        return tuple(words for words in self.told if fold(words) in _PRIVATE)

    def get(self, row: Sequence[str], name: str) -> str:
        """The cell of a column in a row; empty when there is none."""
        index = self.columns.get(name)
        return row[index].strip() if index is not None and index < len(row) else ""

    def unread(self, rows: Rows) -> tuple[str, ...]:
        """Columns with something in them that are neither understood nor private, by heading or letter."""
        width = max(map(len, rows))
        used = set(self.columns.values())
        found = []
        for index in range(width):
            words = self.told[index] if index < len(self.told) else ""
            folded = fold(words)
            if index in used or folded in _PRIVATE or folded in _COUNTERS:
                continue
            filled = sum(1 for row in rows[self.below :] if index < len(row) and row[index].strip())
            if filled > (0 if words else 1):  # beside a list, one cell without a heading is a remark
                found.append(words or f"{_letters(index)} (?)")
        return tuple(found)


def find_headings(rows: Rows) -> Headings | None:
    """The headings of a list: a name and at least one more; None when there are none."""
    for depth in range(1, _DEEPEST + 1):
        for top in range(min(_WITHIN, len(rows))):
            found = _columns(rows[top : top + depth])
            if "name" in found and len(found) > 1 and _HEADERS.keys() & {plain(cell) for cell in rows[top]}:
                return _complete(rows, top, depth)
    return None


def plain(words: str) -> str:
    """A heading for comparing."""
    return fold(words)


def _complete(rows: Rows, top: int, depth: int) -> Headings:
    """Take the rows that go on with the headings, and step over a row that numbers the columns."""
    name = _columns(rows[top : top + depth])["name"]
    while depth < _DEEPEST and top + depth < len(rows) and _goes_on(rows[top + depth], name):
        depth += 1
    heading, below = rows[top : top + depth], top + depth
    if below < len(rows) and _numbers_columns(rows[below]):
        below += 1
    width = max(map(len, heading))
    return Headings(_columns(heading), below, tuple(_words(heading, index)[-1] for index in range(width)))


def _columns(heading: Rows) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index in range(max(map(len, heading), default=0)):
        for words in _words(heading, index):
            known = _HEADERS.get(plain(words))
            if known and known not in columns:
                columns[known] = index
                break
    telephone = columns.pop("telephone", None)
    if telephone is not None and "phone" not in columns:  # beside a mobile number it is one on a wire
        columns["phone"] = telephone
    return columns


def _words(heading: Rows, index: int) -> list[str]:
    """What stands over a column, the most telling first: ``Gelar Depan``, ``Depan``; last the lowest words alone."""
    own = [clean_text(row[index]) if index < len(row) else "" for row in heading]
    lowest = max((at for at, words in enumerate(own) if words), default=0)
    low = own[lowest]
    above = [_reaching(row, index) for row in heading[:lowest]]
    return [" ".join(filter(None, (words, low))) for words in reversed(above)] + [low]


def _reaching(row: Sequence[str], index: int) -> str:
    """The cell at or left of ``index``: a merged one keeps its words in its first column."""
    return next((clean_text(cell) for cell in reversed(row[: index + 1]) if cell.strip()), "")


def _goes_on(row: Sequence[str], name: int) -> bool:
    known = [plain(cell) for cell in row if plain(cell) in _HEADERS or plain(cell) in _PRIVATE]
    under_name = plain(row[name]) if name < len(row) else ""
    depths = {plain(cell) for cell in row} & {"depan", "belakang"}
    return bool(known or depths) and (not under_name or under_name in _HEADERS)


def _numbers_columns(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return len(cells) > 1 and all(re.fullmatch(r"\(?\d{1,2}\)?", cell) for cell in cells)


def _letters(index: int) -> str:
    letters = ""
    while index >= 0:
        index, digit = divmod(index, 26)
        letters, index = chr(65 + digit) + letters, index - 1
    return letters
