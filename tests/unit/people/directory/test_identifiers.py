"""Identifiers: numbers that hold and that do not, and what spreadsheets do to numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.directory.identifiers import (
    EmploymentStatus,
    check_nip,
    check_npsn,
    check_nuptk,
    check_phone,
    is_region_code,
    is_scientific,
    spaced_nip,
)


@pytest.mark.parametrize("value", ["99900004", "P9908123", "K1234567", " 99900004 ", "'99900004"])
def test_npsn_is_accepted(value: str) -> None:
    assert check_npsn(value).fault is None


@pytest.mark.parametrize("value", ["1060235", "99900004X", "10.602.358", "1060235810", "", "ABCDEFGH"])
def test_npsn_is_refused(value: str) -> None:
    assert check_npsn(value).fault is not None


def test_nuptk_has_16_digits_or_is_absent() -> None:
    assert check_nuptk("1234567890123456").fault is None
    assert check_nuptk("123456789012345").fault is not None
    assert check_nuptk("-").value == check_nuptk("").value == ""
    assert check_nuptk("'1234567890123456").value == "1234567890123456"
    assert check_nuptk("١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦").fault is not None


@pytest.mark.parametrize("value", ["198501012010011001", "197012311995122003"])
def test_a_usual_nip_raises_no_warning(value: str) -> None:
    checked = check_nip(value, EmploymentStatus.PNS)
    assert checked.fault is None
    assert checked.warning is None


def test_an_unusual_nip_is_kept_with_a_warning() -> None:
    checked = check_nip("198513012010011001", EmploymentStatus.PNS)
    assert (checked.value, checked.fault) == ("198513012010011001", None)
    assert checked.warning is not None


def test_a_pppk_number_needs_no_month() -> None:
    number = "199001012022211001"
    assert check_nip(number, EmploymentStatus.PPPK).warning is None
    assert check_nip(number).warning is None
    assert check_nip(number, EmploymentStatus.PNS).warning is not None


def test_a_nip_of_17_digits_is_refused() -> None:
    assert check_nip("19900101202221100").fault is not None


@pytest.mark.parametrize("value", ["1,23457E+15", "1.23457E+15", "1.98005202006042e+17", "2E15"])
def test_scientific_notation_is_named(value: str) -> None:
    assert is_scientific(value)
    fault = check_nuptk(value).fault
    assert fault is not None
    assert "Excel" in fault.in_("id")
    assert check_nip(value).fault is not None


def test_a_nip_is_printed_in_groups() -> None:
    assert spaced_nip("198501012010011001") == "19850101 201001 1 001"
    assert check_nip("19850101 201001 1 001").value == "198501012010011001"


@pytest.mark.parametrize(
    "raw",
    [
        "+6281234567890",
        "081234567890",
        "6281234567890",
        "0812-3456-7890",
        "81234567890",
        "+62 812 3456 7890",
        "0062 81234567890",
    ],
)
def test_phone_is_normalised(raw: str) -> None:
    assert check_phone(raw).value == "+6281234567890"


@pytest.mark.parametrize("raw", ["12345", "0711 123456", "8.12E+10", "08123"])
def test_phone_is_refused(raw: str) -> None:
    assert check_phone(raw).fault is not None


@given(st.text(max_size=40))
def test_no_check_ever_raises_and_values_stay_in_shape(raw: str) -> None:
    for check, length in ((check_nuptk, 16), (check_nip, 18)):
        checked = check(raw)
        assert checked.fault or checked.value == "" or len(checked.value) == length
    phone = check_phone(raw)
    assert phone.fault or phone.value == "" or phone.value.startswith("+628")
    check_npsn(raw)


def test_region_codes() -> None:
    assert all(is_region_code(code) for code in ("16", "16.07", "16.07.03", "16.07.03.1012"))
    assert not is_region_code("1607")
