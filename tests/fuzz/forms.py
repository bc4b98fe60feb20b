"""Forms of a page with the values that a browser would send, and sensible ones where a person would write."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from imbas_demo.cast import source

from lms.testing.people import PASSWORD

FILLED = {
    "full_name": "Orang Baru",
    "username": "nama.baru",
    "due_on": "2020-11-25T10:00",
    "school_year": "2021/2022",
    "phone": "081234567890",
    "rows": "99555001;SD Negeri Contoh;16.07.03;SD",
    "code": "SEKMOD-2",
    "nip": "",
    "nuptk": "",
    "starts_on": "2021-09-08",
    "ends_on": "2021-10-08",
    "minutes": "10",
    "number": "3",
    "budget": "Dana BOS",
    "title_front": "Drs.",
    "title_back": "S.Pd.",
    "position": "Guru kelas",
    "current": PASSWORD,
    "password": "empat kata lain lagi",
    "again": "empat kata lain lagi",
    "value": "60",
    "baseline": "10",
    "target": "Tercapai 20 siswa",
    "unit": "siswa",
    "cost": "2.400.000",
    "npsn": "",
    "stimulus_table": "A|B\n1|2",
    "tanda": "K-2020-000001",
    "text": source("programme.yaml").read_text("utf-8"),
}
"""What a person would write; the rest gets a sentence."""
ALWAYS = frozenset({"due_on"})
"""Fields whose value on the page is over by now."""
BY_TYPE = {
    "number": "1",
    "date": "2020-11-19",
    "datetime-local": "2020-11-25T10:00",
    "time": "10:00",
    "email": "a@contoh.id",
    "numeric": "10",
    "decimal": "10",
}
SENTENCE = "Kebun sekolah dirawat 12 siswa setiap minggu."
Pair = tuple[str, str]


@dataclass(slots=True)
class Form:
    """Where a form goes, with what; ``buttons`` are alternatives."""

    page: str
    action: str
    method: str
    kind: object = None
    """What forms have in common that do the same: where they go, with which fields."""
    pairs: list[Pair] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    buttons: list[Pair] = field(default_factory=list)

    def values(self) -> list[Pair]:
        """What pressing the first button sends."""
        return [*self.pairs, *self.buttons[:1]]


def forms_of(page: str, html: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self.form: Form | None = None
        self.text: tuple[str, list[str]] | None = None
        self.options: tuple[str, list[Pair]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self.page
            self.form = Form(self.page, action, given.get("method", "get").upper())
            self.found.append(self.form)
        elif self.form is None:
            return
        elif tag == "textarea":
            self.text = (given.get("name", ""), [])
        elif tag == "select":
            self.options = (given.get("name", ""), [])
        elif tag == "option" and self.options:
            self.options[1].append((given.get("value", ""), "selected" if "selected" in given else ""))
        elif tag == "button" and given.get("name"):
            self.form.buttons.append((given["name"], given.get("value", "")))
        elif tag == "input" and given.get("name"):
            self._input(self.form, given)

    def handle_data(self, data: str) -> None:
        if self.text:
            self.text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif self.form is None:
            return
        elif tag == "textarea" and self.text:
            name, parts = self.text
            self.form.pairs.append((name, "".join(parts).strip() or FILLED.get(name, SENTENCE)))
            self.text = None
        elif tag == "select" and self.options:
            name, options = self.options
            chosen = [value for value, mark in options if mark] or [
                value for value, _mark in options if value
            ]
            self.form.pairs += [(name, value) for value in chosen[:1]]
            self.options = None

    def _input(self, form: Form, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        if kind == "file":
            form.files.append(name)
        elif kind in {"radio", "checkbox"}:
            known = name in dict(form.pairs)
            if kind == "radio" and known and ("checked" in given or name.startswith("crit-")):
                form.pairs = [pair for pair in form.pairs if pair[0] != name]
            if "checked" in given or name not in dict(form.pairs):
                form.pairs.append((name, given.get("value", "on")))
        elif kind in {"submit", "image"}:
            form.buttons.append((name, given.get("value", "")))
        else:
            form.pairs.append((name, _written(given, name, kind)))


def _written(given: dict[str, str], name: str, kind: str) -> str:
    """The value of the page, or what a person would write there."""
    if kind == "hidden" or (given.get("value") and name not in ALWAYS):
        return given.get("value", "")
    plain = BY_TYPE.get(given.get("inputmode", "") or kind) or BY_TYPE.get(kind) or SENTENCE
    return FILLED.get(name, plain)[: int(given.get("maxlength") or 10**6)]
