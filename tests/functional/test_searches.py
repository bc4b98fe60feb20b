"""What is typed into a search is looked for as it stands: no quote ends a statement, no sign stands for others."""

import pytest
from flask import Flask

from lms.contract.actors import Role
from lms.platform.db import db
from lms.programmes import api as programmes
from lms.testing.people import sign_in
from tests.inhabitants import Province

NOBODY = {
    "/akun": "Tidak ada sekolah yang cocok",
    "/akun/{school}": "Belum ada orang yang cocok",
    "/akun/kantor": "Belum ada orang yang cocok",
    "/program/{programme}": "Tidak ada sekolah yang cocok",
    "/sesi/{session}": "Tidak ada peserta yang cocok.",
    "/sertifikat/program/{programme}": "Tidak ada yang cocok dengan pencarian ini.",
}


@pytest.mark.parametrize("typed", ["%", "_", "\\", "' OR '1'='1", "'; DROP TABLE person; --", '" OR ""="'])
@pytest.mark.parametrize("address", NOBODY)
def test_signs_of_sql_find_nobody(site: Flask, province: Province, address: str, typed: str) -> None:
    own = province.own
    stage = programmes.stages_of(db.session(), own.programme_id)[0]
    held = programmes.sessions_of(db.session(), [stage.id])[0].id
    path = address.format(school=own.school.id, programme=own.programme_id, session=held)
    browser = sign_in(site, own.people[Role.ADMIN])
    everybody = browser.get(path)
    assert everybody.status_code == 200
    assert NOBODY[address] not in everybody.text
    found = browser.get(path, query_string={"cari": typed, "daftar": "ready"})
    assert found.status_code == 200
    assert NOBODY[address] in found.text
