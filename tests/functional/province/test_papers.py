"""What a school prints and signs: its own head, and two columns of signatures with name and NIP."""

import re

import pytest
from sqlalchemy import select, update

from lms.contract.actors import Role
from lms.people.directory.models import Person
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import sign_in
from lms.testing.walking import walk
from tests.functional.province.conftest import Province

pytestmark = [pytest.mark.modules, pytest.mark.slow]


@pytest.mark.parametrize("reader", [Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER])
def test_a_paper_names_the_school_and_who_signs(small: Province, reader: Role) -> None:
    head_id = small.people[Role.HEADMASTER.value][0]
    with small.app.app_context():
        with write() as session:
            session.execute(update(Person).where(Person.id == head_id).values(nip="196911301993031001"))
        head = db.session.scalars(select(Person).where(Person.id == head_id)).one().display_name
        db.session.remove()
    browser = sign_in(small.app, small.people[reader.value][0])
    papers = [visit.path for visit in walk(small.app, browser, *small.starts) if "/cetak" in visit.path]
    papers = [path for path in papers if path.startswith("/m/")]
    assert papers
    for path in papers:
        page = browser.get(path).get_data(as_text=True)
        if 'class="sign' not in page:  # nothing is written yet
            continue
        assert page.count("Mengetahui,") == 1, path
        assert re.search(
            r'<header class="letterhead"><b>SD NEGERI [^<]+</b><br>[^<]*<span class="num">NPSN \d{8}', page
        )
        left, right = page.partition('class="sign')[2].split("</p>")[:2]
        assert f"<b>{head}</b>" in left, path
        assert "NIP 19691130 199303 1 001" in left
        assert re.search(r"____, ____+<br>(?:Ketua TPMPS|Guru)", right), path
        assert "NIP" in right
