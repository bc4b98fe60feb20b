"""Two schools of a running programme in which the module is placed, and cards written through the pages."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from imbas_hots_assessment.rules import review_key
from sqlalchemy import func, select

from lms.api import Base, Role, db, registry
from lms.testing.people import sign_in
from lms.testing.world import World, make_world

ROW = {
    "number": "1",
    "competence": "3.5 Ekosistem",
    "material": "Jaring makanan",
    "indicator": "Disajikan data ikan kolam, siswa menyimpulkan akibat hilangnya satu jenis.",
    "bloom": "C4",
    "format": "mc_single",
}
ITEM = {
    "source": "Catatan kolam SDN 19",
    "stimulus": "Minggu 1: 40 ikan",
    "stimulus_table": "",
    "stem": "Apa yang terjadi bila ikan kecil hilang?",
    "options": "A. naik\nB. turun\nC. tetap\nD. habis",
    "answer_key": "B",
    "guide": "",
    "reason": "Siswa menghubungkan dua baris data.",
}


class Cards:
    """Item cards as browsers write and review them. Texts come back with single spaces."""

    def __init__(self, root: str) -> None:
        self.root = root

    def begin(self, browser: FlaskClient, material: str = ROW["material"]) -> str:
        """The address of a new card with a material only."""
        assert browser.post(self.root, data={"title": material}).status_code == 303
        newest = db.session.scalar(select(func.max(Base.metadata.tables["document"].c.id)))
        db.session.remove()
        return f"/m/hots_assessment/kartu/{newest}"

    def write(self, browser: FlaskClient, **changes: str) -> str:
        """The address of a new card, complete but for ``changes``."""
        address = self.begin(browser, changes.get("material", ROW["material"]))
        self.save(browser, address, versions=(1, 0), **changes)
        return address

    def save(self, browser: FlaskClient, address: str, versions: tuple[int, int], **changes: str) -> None:
        """Both parts of a card are saved anew, as they were read at ``versions``."""
        for part, fields, version in (("row", ROW, versions[0]), ("item", ITEM, versions[1])):
            data = {**fields, **{key: text for key, text in changes.items() if key in fields}}
            answer = browser.post(f"{address}/bagian/{part}/0", data={**data, "version": str(version)})
            assert answer.status_code == 303, answer.text

    def submit(self, browser: FlaskClient, **changes: str) -> str:
        """The address of a card that was written and submitted."""
        address = self.write(browser, **changes)
        assert browser.post(f"{address}/ajukan").status_code == 303
        return address

    def answers(self, kind: str = "mc_single", **others: str) -> dict[str, str]:
        """Every rule met, but for ``others``, and the decision to use the item."""
        codes = [line.code for line in registry().rubric(review_key(kind)).criteria]
        rules = {f"crit-{code}": others.get(code, "1") for code in codes}
        return {**rules, "version": "2", "decision": "accepted", "comment": ""}

    def state(self) -> str:
        """Where the newest card stands."""
        documents = Base.metadata.tables["document"]
        found = db.session.scalar(select(documents.c.state).order_by(documents.c.id.desc()).limit(1))
        db.session.remove()
        assert found is not None
        return str(found.value)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        found = db.session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))
        db.session.remove()
        return int(found or 0)

    @staticmethod
    def text(answer: Any) -> str:
        """The page with single spaces."""
        return re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.fixture
def world(app: Flask) -> World:
    return make_world("hots_assessment", title="Penilaian HOTS", school_name="SD Negeri 19")


@pytest.fixture
def cards(world: World) -> Cards:
    return Cards(world.root)


@pytest.fixture
def teacher(app: Flask, world: World) -> FlaskClient:
    """A browser of the writer."""
    return sign_in(app, world.people[Role.TEACHER])


@pytest.fixture
def colleague(app: Flask, world: World) -> FlaskClient:
    """A browser of a second teacher of the school."""
    return sign_in(app, world.colleague)
