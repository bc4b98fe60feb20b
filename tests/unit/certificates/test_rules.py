"""Numbers and codes of certificates: read again however somebody types them."""

from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.rules import ALPHABET, CODE_LENGTH, code_in, new_code, number, read_code, shown_code

codes = st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


def test_codes_are_of_the_alphabet_and_not_the_same() -> None:
    found = {new_code() for _again in range(200)}
    assert len(found) == 200
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in found)
    assert set("".join(found)) == set(ALPHABET), "a sign that never comes makes codes easier to guess"
    assert CODE_LENGTH * 5 >= 100
    assert set("ILOU").isdisjoint(ALPHABET)


@given(codes)
def test_a_code_that_is_shown_is_read_again(code: str) -> None:
    shown = shown_code(code)
    assert [len(group) for group in shown.split("-")] == [5, 5, 5, 5]
    assert read_code(shown) == code
    assert read_code(f"  {shown.lower().replace('-', ' – ')} ") == code


@given(codes)
def test_look_alikes_are_read_as_what_they_look_like(code: str) -> None:
    misread = code.replace("0", "O").replace("1", "l")
    assert read_code(misread) == code
    assert read_code(code.replace("1", "i")) == code


def test_more_than_a_code_is_cut() -> None:
    assert read_code("A" * 500) == "A" * CODE_LENGTH
    assert read_code("") == ""


def test_the_printed_address_holds_the_code() -> None:
    code = new_code()
    for typed in (
        f"https://imbas.contoh.example/v/{shown_code(code)}",
        f" imbas.contoh.example/v/{code}/ ",
        f"http://x/v/{code}?lang=en#isi",
        f" {shown_code(code)} ",
    ):
        assert read_code(code_in(typed)) == code
    assert code_in("0001/B5.6/GT.03.00/2020") == "0001/B5.6/GT.03.00/2020"


def test_a_number_follows_the_letter_register() -> None:
    pattern = "{seq:04d}/{unit_code}/{classification}/{year}"
    found = number(pattern, seq=1, unit_code="B5.6", classification="GT.03.00", year=2020)
    assert found == "0001/B5.6/GT.03.00/2020"
