"""Which characters can be stored, and what becomes of those that cannot."""

import pytest

from lms.contract.characters import has_controls, is_storable, is_text, storable, without_controls


@pytest.mark.parametrize(
    "sign", ["\x00", "\ud800", chr(0xDFFF), "\ufdd0", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"]
)
def test_what_is_no_text(sign: str) -> None:
    assert not is_text(f"Kebun{sign}Gizi")


@pytest.mark.parametrize(
    "text", ["", "Nur\u2019aini", "a\tb\r\nc", "\U0001f331", "\u0627\u0644", "\ufffd", "\ufeff", "\u200b"]
)
def test_what_is_text(text: str) -> None:
    assert is_text(text)
    assert is_storable(text)
    assert without_controls(text) == text


def test_what_a_slide_or_a_terminal_brings_along() -> None:
    assert without_controls("satu\x0bdua\x0ctiga\x85empat") == "satu\ndua\ntiga\nempat"
    assert without_controls("\x1b[31mmerah\x07\x7f\x9b") == "[31mmerah"
    assert not has_controls("a\tb\r\nc")


def test_what_goes_into_a_log_can_always_be_stored() -> None:
    assert storable("null \x00 byte \ud800", 100) == "null \ufffd byte \ufffd"
    assert storable("x" * 30, 20) == "x" * 20
