"""Lists of teachers as spreadsheets and people make them, from the upload to the roster."""

import html
import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from lms.contract.actors import Role
from lms.people.directory.models import Person, School
from lms.platform.db import db
from lms.platform.transaction import write
from lms.testing.people import make_agency, make_person, make_school, sign_in

N = "12345678901200"


@pytest.fixture
def school(app: Flask) -> int:
    with write() as session:
        return make_school(session, make_agency(session)).id


@pytest.fixture
def operator(app: Flask, school: int) -> FlaskClient:
    with write() as session:
        person = make_person(session, Role.OPERATOR, school=session.get_one(School, school)).id
    return sign_in(app, person)


def text_of(answer: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def preview(
    operator: FlaskClient, school: int, content: bytes | str | Workbook, name: str = "daftar.csv"
) -> Any:
    if isinstance(content, Workbook):
        out = io.BytesIO()
        content.save(out)
        content, name = out.getvalue(), "daftar.xlsx"
    data = content.encode() if isinstance(content, str) else content
    return operator.post(f"/akun/{school}/impor", data={"file": (io.BytesIO(data), name)})


def ticked(answer: Any) -> list[str]:
    return re.findall(r'name="pick" value="(\d+)" checked', answer.get_data(as_text=True))


def offered(answer: Any) -> list[str]:
    return re.findall(r'name="pick" value="(\d+)"', answer.get_data(as_text=True))


def confirm(operator: FlaskClient, school: int, seen: Any, *lines: str) -> Any:
    rows = re.search(r'name="rows" value="([^"]*)"', seen.get_data(as_text=True))
    assert rows
    picked = list(lines) or ticked(seen)
    return operator.post(
        f"/akun/{school}/impor/simpan", data={"rows": html.unescape(rows[1]), "pick": picked}
    )


def stored(*names: str) -> list[tuple[str, ...]]:
    fields = [getattr(Person, name) for name in ("full_name", *names)]
    rows = db.session.execute(select(*fields).where(Person.nuptk != "").order_by(Person.nuptk)).all()
    db.session.remove()
    return [tuple(row) for row in rows]


def sheet(*rows: tuple[Any, ...]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_what_is_shown_is_what_is_stored(operator: FlaskClient, school: int) -> None:
    seen = preview(
        operator,
        school,
        f"Nama,NUPTK,NIP,Status Kepegawaian,Jenis PTK,No HP\n"
        f'"DRS. ALI, S.PD",{N}11.0,198001012005011001,PNS,Guru Kelas,8123456789.0\n',
    )
    page = text_of(seen)
    for field in (
        "Drs. Ali, S.Pd.",
        f"{N}11",
        "198001012005011001",
        "PNS",
        "Guru (Guru Kelas)",
        "+628123456789",
    ):
        assert f" {field} " in page
    assert confirm(operator, school, seen).status_code == 303
    assert stored("title_front", "title_back", "nuptk", "nip", "position", "phone") == [
        ("Ali", "Drs.", "S.Pd.", f"{N}11", "198001012005011001", "Guru Kelas", "+628123456789")
    ]


def test_two_people_of_one_name_with_two_numbers_are_both_added(operator: FlaskClient, school: int) -> None:
    seen = preview(operator, school, f"Nama,NUPTK\nSri Wahyuni,{N}01\nSri Wahyuni,{N}02\n")
    assert confirm(operator, school, seen).status_code == 303
    assert len(stored()) == 2
    third = preview(operator, school, f"Nama,NUPTK\nSri Wahyuni,{N}03\nSri Wahyuni,\nSRI WAHYUNI,{N}01\n")
    assert (ticked(third), offered(third)) == (["2"], ["2", "3"])
    assert "Centang bila orangnya lain" in text_of(third)


@pytest.mark.parametrize("column", ["NUPTK", "NIP"])
def test_one_number_of_two_names_is_asked_and_never_stored_twice(
    operator: FlaskClient, school: int, column: str
) -> None:
    number = f"{N}21" if column == "NUPTK" else "198001012005011001"
    seen = preview(operator, school, f"Nama,{column}\nGanda Nomor,{number}\nGanda Nomer,{number}\n")
    assert (ticked(seen), offered(seen)) == ([], ["2", "3"])
    assert "Nomor ini juga di baris 2 (Ganda Nomor)" in text_of(seen)
    both = confirm(operator, school, seen, "2", "3")
    assert both.status_code == 422
    assert f"Ganda Nomer: {column} ini sudah tercatat untuk orang lain" in text_of(both)
    assert ticked(both) == ["2", "3"]  # what was chosen stays
    assert confirm(operator, school, seen, "3").status_code == 303
    again = preview(operator, school, f"Nama,{column}\nGanda Nomor,{number}\n")
    assert "tercatat atas nama Ganda Nomer" in text_of(again)
    assert offered(again) == []


def test_a_number_of_somebody_else_is_refused_in_the_form_as_well(operator: FlaskClient, school: int) -> None:
    form = {"full_name": "Ani", "nuptk": f"{N}31", "role": "teacher"}
    assert operator.post(f"/akun/{school}/tambah", data=form).status_code == 303
    form = {"full_name": "Budi", "nuptk": f"\u200b{N}31", "role": "teacher"}
    refused = operator.post(f"/akun/{school}/tambah", data=form)
    assert refused.status_code == 422
    assert "sudah tercatat untuk orang lain" in text_of(refused)
    assert stored() == [("Ani",)]


def test_lines_that_are_unticked_stay_out(operator: FlaskClient, school: int) -> None:
    seen = preview(operator, school, f"Nama,NUPTK\nSatu,{N}41\nDua,{N}42\nTiga,{N}43\n")
    assert ticked(seen) == ["2", "3", "4"]
    assert confirm(operator, school, seen, "2", "4").status_code == 303
    assert stored() == [("Satu",), ("Tiga",)]
    seen = preview(operator, school, f"Nama,NUPTK\nLima,{N}45\n")
    nobody = operator.post(f"/akun/{school}/impor/simpan", data={"rows": confirm_rows(seen)})
    assert nobody.status_code == 422
    assert "Belum ada guru yang dicentang" in text_of(nobody)


def confirm_rows(seen: Any) -> str:
    return html.unescape(re.findall(r'name="rows" value="([^"]*)"', seen.get_data(as_text=True))[0])


@pytest.mark.parametrize(
    "below",
    [
        'Jumlah Guru: 1,\n"Mengetahui, Kepala Sekolah",\nSuhardi Cahyani,\nNIP. 198001012005011001,\n',
        "Total 1,\n",
        ',\n"Palembang, 5 Oktober 2020",\nKepala SDN 4,\n,\nSuhardi,\n',
        "Keterangan: data per Juli,\n",
    ],
)
def test_totals_and_signatures_are_no_teachers(operator: FlaskClient, school: int, below: str) -> None:
    seen = preview(operator, school, f"Nama,NUPTK\nKaki Satu,{N}51\n,\n{below}")
    assert offered(seen) == ["2"]
    assert "baris di bawah daftar tidak dianggap guru" in text_of(seen)


def test_a_teacher_below_a_subtotal_is_one(operator: FlaskClient, school: int) -> None:
    seen = preview(operator, school, f"No,Nama,NUPTK\n1,Satu,{N}52\n,Jumlah PNS: 1,\n2,Dua,\n3,Tiga,{N}53\n")
    assert offered(seen) == ["2", "4", "5"]


def test_the_sheet_that_is_shown_is_read_and_named(operator: FlaskClient, school: int) -> None:
    book = sheet(("Nama", "NUPTK"), ("Lembar Lama", f"{N}61"))
    book.active.title, book.active.sheet_state = "Lama", "hidden"
    for title, people in (("Guru & Staf", ("Satu", "Dua")), ("Cadangan", ("Tiga",))):
        more = book.create_sheet(title)
        more.append(("Nama", "NUPTK"))
        for number, name in enumerate(people):
            more.append((name, f"{N}{62 + number}"))
    book.create_sheet("Petunjuk").append(("Isi lembar Guru",))
    book.active = 1
    page = text_of(preview(operator, school, book))
    assert "Lembar yang dibaca: Guru & Staf ." in page
    assert "Lembar lain juga berisi daftar dan tidak dibaca: Cadangan." in page
    assert "Lembar Lama" not in page


def _two_rows() -> Workbook:
    book = sheet(
        ("DAFTAR GURU",),
        ("No", "Nama", "Identitas", "", "HP"),
        ("", "", "NUPTK", "NIP", ""),
        (1, "Gabung Satu", f"{N}71", "198001012005011001", "081200000071"),
    )
    for area in ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3"):
        book.active.merge_cells(area)
    return book


def _three_rows() -> Workbook:
    book = sheet(
        ("No", "Pendidik", "", "", ""),
        ("", "Nama", "Gelar", "", "Nomor"),
        ("", "", "Depan", "Belakang", "NUPTK"),
        (1, 2, 3, 4, 5),
        (1, "Gabung Satu", "Dr.", "M.Pd.", f"{N}71"),
    )
    book.active.merge_cells("B1:E1")
    book.active.merge_cells("C2:D2")
    return book


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        (_two_rows, ("", "", "198001012005011001", "+6281200000071")),
        (_three_rows, ("Dr.", "M.Pd.", "", "")),
        (
            lambda: sheet(
                *[()] * 6, ("NAMA GURU", "NIP/NUPTK", "No. WA"), ("Gabung Satu", f"{N}71", "0812 0000 0071")
            ),
            ("", "", "", "+6281200000071"),
        ),
    ],
)
def test_headings_of_several_rows(operator: FlaskClient, school: int, book: Any, expected: Any) -> None:
    seen = preview(operator, school, book())
    assert confirm(operator, school, seen).status_code == 303
    assert stored("title_front", "title_back", "nip", "phone") == [("Gabung Satu", *expected)]


def test_a_column_that_is_not_read_is_named(operator: FlaskClient, school: int) -> None:
    page = text_of(
        preview(
            operator,
            school,
            "Nama,NUPTK,Tugas Tambahan,NIK,\nSatu,,Bendahara,1671010101010001,x\nDua,,,,y\n",
        )
    )
    assert "Kolom lain yang tidak dibaca: Tugas Tambahan, E (?)" in page
    assert "Kolom pribadi tidak dibaca dan tidak disimpan: NIK" in page
    assert "1671010101010001" not in page


def test_a_line_without_a_name_and_a_formula_without_a_result_are_told(
    operator: FlaskClient, school: int
) -> None:
    book = sheet(
        ("Nama", "NUPTK"), ("", f"{N}81"), ("=A2", f"{N}82"), ("Tiga", "=B2")
    )  # openpyxl stores no results
    page = text_of(preview(operator, school, book))
    assert "3 baris dibaca" in page
    assert "Nama di baris ini kosong" in page
    assert "Nama di baris ini rumus tanpa hasil" in page
    assert "NUPTK di sel ini rumus tanpa hasil" in page


@pytest.mark.parametrize(
    "text",
    [
        f"Nama;NUPTK\nKoma Satu, S.Pd., M.Pd.;{N}21\nKoma Dua, S.Pd., M.Pd.;{N}22\nKoma Tiga, S.Pd., M.Si.;{N}23\n",
        f'sep=;\r\nNama;NUPTK\r\n"Koma Satu, S.Pd., M.Pd.";{N}21\r\nKoma Dua;{N}22\r\nKoma Tiga;{N}23\r\n',
        f"Nama\tNUPTK\nKoma Satu, S.Pd., M.Pd.\t{N}21\nKoma Dua; Tiga, S.Pd.\t{N}22\nKoma Tiga, A;B\t{N}23\n",
        f"Nama|NUPTK\nKoma Satu, S.Pd., M.Pd.|{N}21\nKoma Dua|{N}22\nKoma Tiga|{N}23\n",
        f'Nama,NUPTK\n"Koma Satu, S.Pd., M.Pd.",{N}21\n"Koma; Dua",{N}22\n"Koma; Tiga",{N}23\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_delimiters_and_encodings(operator: FlaskClient, school: int, text: str, encoding: str) -> None:
    seen = preview(operator, school, text.encode(encoding))
    assert len(ticked(seen)) == 3
    assert "Koma Satu, S.Pd., M.Pd." in text_of(seen)


def test_invisible_signs_and_capitals(operator: FlaskClient, school: int) -> None:
    seen = preview(
        operator,
        school,
        f"\ufeffNama,NUPTK,No HP\nNol Lebar\u200b,{N}21,\nKiri,\u202a{N}22\u202c,\u202a+62 812-3456-7122\u202c\n"
        f"NUR'AINI SYA'BANI,{N}31,\nMA\u2019RUF,{N}32,\nHENDRA WIJAYA III,{N}36,\n",
    )
    assert confirm(operator, school, seen).status_code == 303
    names = ["Nol Lebar", "Kiri", "Nur'aini Sya'bani", "Ma'ruf", "Hendra Wijaya III"]
    assert [row[0] for row in stored()] == names
    for typed in ("nuraini", "Nur\u2019aini sya`bani", "MA'RUF", "Bu Nuraini, S.Pd."):
        found = text_of(operator.get(f"/akun/{school}", query_string={"cari": typed}))
        assert ("Nur'aini" in found) is ("ni" in typed)
        assert ("Ma'ruf" in found) is ("MA" in typed)


def _html() -> bytes:
    return (
        b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>Nama</td></tr></table></html>"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (_html(), "sebenarnya halaman web (HTML)"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><table>", "sebenarnya halaman web (HTML)"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "sebenarnya halaman web (MHTML)"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "sebenarnya XML Spreadsheet 2003",
        ),
        (b"%PDF-1.7", "Berkas ini PDF"),
        (b"\xff\xd8\xff\xe0", "Berkas ini foto"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "kata sandi",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "tidak dapat dibaca"),
        (b"Nama,NUPTK\n", "0 baris dibaca"),
        (b"Nama\nSatu\n", "Judul kolom belum ditemukan"),
        (b"", "Judul kolom belum ditemukan"),
    ],
)
def test_what_is_no_list_is_told_what_it_is(
    operator: FlaskClient, school: int, content: bytes, sentence: str
) -> None:
    answer = preview(operator, school, content, "daftar.xls")
    assert answer.status_code in {200, 422}
    assert sentence in text_of(answer)


def _office(names: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def test_other_archives_are_told_what_they_are(operator: FlaskClient, school: int) -> None:
    assert "buku kerja biner" in text_of(preview(operator, school, _office(("xl/workbook.bin",)), "a.xlsb"))
    assert "bukan buku kerja" in text_of(preview(operator, school, _office(("word/document.xml",)), "a.docx"))


def test_open_document_is_read(operator: FlaskClient, school: int) -> None:
    rows = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        f'<table:table-cell office:value-type="string"><text:p>{number}</text:p></table:table-cell></table:table-row>'
        for name, number in (("Nama", "NUPTK"), ("Terbuka Satu", f"{N}91"))
    )
    empty = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="Guru">{rows}{empty}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    seen = preview(operator, school, out.getvalue(), "daftar.ods")
    assert ticked(seen) == ["2"]
    assert "Terbuka Satu" in text_of(seen)


def test_a_sheet_with_every_column_and_a_cell_far_away(operator: FlaskClient, school: int) -> None:
    book = sheet(("Nama", "NUPTK"), ("Lebar Satu", f"{N}95"))
    book.active.cell(2, 16_384, "catatan")
    book.active.column_dimensions["C"].hidden = True
    assert ticked(preview(operator, school, book)) == ["2"]
    book.active.cell(1_048_576, 16_384, "x")
    answer = preview(operator, school, book)
    assert answer.status_code == 413
    assert "di sel XFD1048576" in text_of(answer)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (f"99900004.0\tSD {'Panjang ' * 9}Sekali\t16.07.03\tSD", "1 sekolah ditambahkan"),
        (
            "99900005\tSD Satu\t\tSD\n99900006\tSD Dua\t16.07.03\tSD Negeri Inklusif",
            "Baris 2: Jenjang (misalnya SD) paling banyak 10",
        ),
        (f"99900007\t{'x' * 201}\t\tSD", "Baris 1: Nama sekolah paling banyak 200 huruf; ini 201"),
        ("\u200b99900008\u00a0;SD\u00adTiga;;", "1 sekolah ditambahkan"),
    ],
)
def test_a_pasted_list_of_schools_is_taken_or_the_row_is_named(app: Flask, rows: str, sentence: str) -> None:
    with write() as session:
        admin = make_person(session, Role.ADMIN, agency=make_agency(session)).id
    browser = sign_in(app, admin)
    answer = browser.post("/akun/sekolah/tambah", data={"rows": rows}, follow_redirects=True)
    assert sentence in text_of(answer)
    names = set(db.session.scalars(select(School.npsn)))
    assert ("99900004" in names or "99900008" in names) is ("ditambahkan" in sentence)
