"""Short answers as people write them: the same word, number or symbol, and nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.items.short_answers import is_accepted


@pytest.mark.parametrize(
    ("typed", "accepted", "unit"),
    [
        ("91 Siswa", "91", "siswa"),
        ("siswa 91", "91", "siswa"),
        ("91 siswa.", "91", "siswa"),
        ("91siswa", "91", "siswa"),
        ("= 91", "91", "siswa"),
        ("14x", "14", "kali"),
        ("14 \u00d7", "14", "kali"),
        ("14 Kali.", "14", "kali"),
        ("50 MENIT", "50", "menit"),
        ("50 mnt", "50", "menit"),
        ("3,25 Juta Rupiah", "3,25", "juta rupiah"),
        ("Rp 3,25 juta rupiah", "3,25", "juta rupiah"),
        ("Rp. 3.25 juta", "3,25", "juta rupiah"),
        ("Rp3.250.000", "3,25", "juta rupiah"),
        ("Rp3.250.000,00", "3,25", "juta rupiah"),
        ("Rp 3.250.000,-", "3,25", "juta rupiah"),
        ("3250000 rupiah", "3,25", "juta rupiah"),
        ("3250 ribu", "3,25", "juta rupiah"),
        ("Rp12.500.000", "12500000", ""),
        ("12,500,000", "12500000", ""),
        ("12 500 000", "12500000", ""),
        ("0,44.", "0,44", ""),
        ("D = 0.44", "0,44", ""),
        (" 0,440 ", "0,44", ""),
        ("\u22122", "-2", ""),
        ("26%", "26", "persen"),
        ("26 persen", "26", "%"),
        ("\uff19\uff11 siswa", "91", "siswa"),
        ("91\u200b siswa", "91", "siswa"),
        ("91 siswa", "91 siswa", "siswa"),
        ("91 orang", "91", "siswa"),
        ("91 orang siswa", "91", "siswa"),
        ("91 siswa lagi", "91", "siswa"),
        ("Jadi, 91 siswa.", "91", "siswa"),
        ("Jawab: 91", "91", "siswa"),
        (",44", "0,44", ""),
        (".44", "0,44", ""),
        ("- 2", "-2", ""),
        ("26 per sen", "26", "%"),
        ("12 cm\u00b2", "12", "cm2"),
        ("12 cm^2", "12", "cm\u00b2"),
        ("12", "12", "m\u00b3"),
        ("Sjahrir", "Syahrir", ""),
        ("K.H. Achmad Dachlan", "KH Ahmad Dahlan", ""),
        ("Ki Hajar Dewantara.", "Ki Hadjar Dewantara", ""),
        ("Ki. Hadjar Dewantara", "ki hajar dewantara", ""),
        ("KI HADJAR  DEWANTARA", "Ki Hadjar Dewantara", ""),
        ("Soetomo", "Sutomo", ""),
        ("\u201ckartu soal\u201d", "kartu soal", ""),
        ("Kartu-Soal", "kartu soal", ""),
        ("T.P.M.P.S.", "TPMPS", ""),
        ("Jum\u2019at", "jumat", ""),
        ("C 4", "C4", ""),
        ("p3 > p1.", "P3>P1", ""),
        ("\u2265", ">=", ""),
    ],
)
def test_right_answers_are_right_however_they_are_written(typed: str, accepted: str, unit: str) -> None:
    assert is_accepted(typed, [accepted], unit=unit)


@pytest.mark.parametrize(
    ("typed", "accepted", "unit"),
    [
        ("", "91", "siswa"),
        ("92 siswa", "91", "siswa"),
        ("91 guru", "91", "siswa"),
        ("91 orang", "91", "menit"),
        ("9 sampai 1", "91", "siswa"),
        ("bukan 91 siswa", "91", "siswa"),
        ("12 cm3", "12", "cm2"),
        ("122", "12", "cm2"),
        ("3 - 2", "-2", ""),
        ("50 jam", "50", "menit"),
        ("Rp 50", "50", "menit"),
        ("3,25 miliar rupiah", "3,25", "juta rupiah"),
        ("3,25 ribu", "3,25", "juta rupiah"),
        ("3,25 rupiah", "3,25", "juta rupiah"),
        ("32.500.000", "3,25", "juta rupiah"),
        ("4,4", "0,44", ""),
        ("-0,44", "0,44", ""),
        ("44%", "44", "siswa"),
        ("3 dari 8", "3", ""),
        ("9 1", "91", ""),
        ("9.1", "91", ""),
        ("1.2.3", "123", ""),
        ("kartu", "kartu soal", ""),
        ("bukan kartu soal", "kartu soal", ""),
        ("p3 p1", "P3>P1", ""),
        ("<", ">", ""),
        ("C5", "C4", ""),
        ("\u00b2", "91", ""),
        ("9" * 199, "91", ""),
    ],
)
def test_wrong_answers_stay_wrong(typed: str, accepted: str, unit: str) -> None:
    assert not is_accepted(typed, [accepted], unit=unit)


numbers = st.decimals(min_value=0, max_value=99_999_999, places=2, allow_nan=False, allow_infinity=False)


def _as_people_write(number: Decimal, style: int, unit: str) -> str:
    """The slow oracle's hand: a number in one of the ways that stand in Indonesian papers."""
    whole, cents = f"{number:.2f}".split(".")
    groups = f"{int(whole):,}".replace(",", ".")
    written = [f"{whole},{cents}", f"{whole}.{cents}", f"{groups},{cents}", f"{int(whole):,}.{cents}"][
        style % 4
    ]
    return [written, f"{written} {unit}", f"{unit.upper()} {written}.", f"  {written}{unit} "][style // 4 % 4]


@given(numbers, st.integers(0, 15), st.sampled_from(["siswa", "menit", "kali", "butir soal"]))
def test_a_number_is_found_in_every_way_of_writing_it(number: Decimal, style: int, unit: str) -> None:
    assert is_accepted(_as_people_write(number, style, unit), [f"{number:.2f}".replace(".", ",")], unit=unit)


@given(numbers, numbers, st.integers(0, 15))
def test_another_number_is_never_right(number: Decimal, other: Decimal, style: int) -> None:
    """But for a point that may part thousands: nobody can say which was meant."""
    if other in {number, number * 1000, number / 1000}:
        return
    assert not is_accepted(_as_people_write(other, style, "siswa"), [f"{number:.2f}"], unit="siswa")


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=20))
def test_anything_typed_is_compared_and_an_answer_equals_itself(typed: str, accepted: str, unit: str) -> None:
    assert is_accepted(typed, [accepted], unit=unit) in {True, False}
    if accepted.strip() and any(sign.isalpha() for sign in accepted):
        assert is_accepted(accepted, [accepted], unit=unit)
