"""The definition as YAML: back and forth, and faults that name their line."""

from pathlib import Path

import pytest

from lms.programmes.api import DefinitionFault, dump_yaml, load_yaml

DOCUMENT = """\
code: A
title: Program
school_year: 2020/2021
participants: [{role: teacher}]
stages:
  - no: 1
    title: Satu
    starts_on: 2020-09-01
    ends_on: 2020-09-30
    on_service_due_at: 2020-09-30T16:00:00+07:00
    sessions:
      - {code: A, title: Satu, starts_at: 2020-09-08T09:00:00+07:00, ends_at: 2020-09-08T10:00:00+07:00, jp: 1}
      - {code: B, title: Dua, starts_at: 2020-09-09T09:00:00+07:00, ends_at: 2020-09-09T10:00:00+07:00, jp: 1}
certificate:
  activity: Kegiatan
  city: Palembang
  signer: {position: Kepala, name: X}
  responsible: {position: Ketua, name: Y}
"""


def test_yaml_and_back() -> None:
    definition = load_yaml(DOCUMENT)
    assert load_yaml(dump_yaml(definition)) == definition
    assert "\n- no: 1\n" in dump_yaml(definition)  # and not 'no' in quotes


def test_the_programme_of_the_demonstration() -> None:
    path = Path(__file__).parents[4] / "demo" / "imbas_demo" / "programme.yaml"
    if not path.exists():
        pytest.skip("the demonstration's programme is not here")
    definition = load_yaml(path.read_text("utf-8"))
    assert (definition.jp_in, definition.jp_on) == (20, 30)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "jp: 1}\n      - {code: B",
            "jp: x}\n      - {code: B",
            "baris 12: stages › nomor 1 › sessions › nomor 1 › jp: harus bilangan bulat",
        ),
        ("code: B", "code: A", "baris 13: kode sesi dipakai dua kali: A"),
        (
            "2020-09-09T09:00:00+07:00",
            "2020-09-09T09:00:00",
            "baris 13: stages › nomor 1 › sessions › nomor 2 › starts_at: waktu harus memakai zona, misalnya 2020-10-30T16:00:00+07:00",
        ),
        ("ends_on: 2020-09-30", "ends_on: 2020-09-08", "baris 13: tahap 1, sesi B: tanggalnya di luar tahap"),
        ("no: 1", "no: 2", "baris 6: tahap harus bernomor 1, 2, 3 dan seterusnya"),
        ("  city: Palembang", "  kota: Palembang", "baris 16: certificate › kota: tidak dikenal"),
        ("title: Program\n", "title: Program\ntitle: Lain\n", "baris 3, kolom 1: title tertulis dua kali"),
        (
            "[{role: teacher}]",
            "[{role: teacher}, {role: teacher}]",
            "baris 4: peran peserta dipakai dua kali: teacher",
        ),
        ("title: Satu\n", "title: [Satu\n", "baris 8, kolom 14: bukan YAML yang benar"),
        (
            "code: A\n",
            "code: &a A\nlain: *a\n",
            "baris 2, kolom 7: rujukan (*) tidak dipakai di pengaturan program",
        ),
        ("2020-09-01", "2020-02-31", "bukan YAML yang benar"),
    ],
)
def test_faults_name_their_line(old: str, new: str, sentence: str) -> None:
    assert old in DOCUMENT
    with pytest.raises(DefinitionFault) as caught:
        load_yaml(DOCUMENT.replace(old, new, 1))
    assert sentence in tuple(str(caught.value).splitlines())


@pytest.mark.parametrize("text", ["", "[" * 3000, "\x00", "- 1", "x" * 300_000, "? {a: 1}\n: 2\n"])
def test_any_other_text_is_a_fault_and_not_a_crash(text: str) -> None:
    with pytest.raises(DefinitionFault):
        load_yaml(text)
