"""The recap as people open it: words in the language of who downloads it, no names of the code."""

import io
import re

import pytest
from flask import Flask
from openpyxl import load_workbook

from lms.contract.actors import Role
from lms.testing.people import sign_in
from tests.inhabitants import Province


@pytest.mark.modules
@pytest.mark.parametrize(
    ("language", "heading", "roles", "done"),
    [
        ("id", "Peran", {"Kepala sekolah", "Anggota TPMPS", "Guru"}, {"ya", "belum"}),
        ("en", "Roles", {"Headmaster", "TPMPS member", "Teacher"}, {"yes", "not yet"}),
    ],
)
def test_the_recap_speaks_to_people(
    site: Flask, province: Province, language: str, heading: str, roles: set[str], done: set[str]
) -> None:
    browser = sign_in(site, province.own.people[Role.ADMIN])
    answer = browser.get(
        f"/ruang-kendali/{province.own.programme_id}/rekap.xlsx", query_string={"lang": language}
    )
    head, *rows = load_workbook(io.BytesIO(answer.get_data())).worksheets[0].iter_rows(values_only=True)
    assert rows
    assert head[4] == heading
    assert {row[4] for row in rows} <= roles
    assert {row[10] for row in rows} <= done
    raw = {str(role) for role in Role}
    cells = {str(cell) for row in (head, *rows) for cell in row}
    assert not cells & raw
    assert not [cell for cell in cells if re.fullmatch(r"[a-z]+(_[a-z]+)+", cell) or ".." in cell]
