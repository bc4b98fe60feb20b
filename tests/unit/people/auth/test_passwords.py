"""Passwords and one-time codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.auth.hashing import hash_password, verify
from lms.people.auth.passwords import as_typed, grouped, keyed_hash, new_seed, one_time_code, password_fault

KEY, OTHER_KEY = "a key", "another key"


@pytest.mark.parametrize(
    "password",
    [
        "pendek",
        "password",
        "Password123",
        "12345678",
        "siti.aminah",
        "xsiti.aminahx",
        "siti.amin",
        "aaaaaaaa",
        "rahasia!!",
        "Indonesia2024",
        "a" * 129,
        "baseball",
        "trustno1",
        "Dragon2020!",
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    assert password_fault(password, "siti.aminah") is not None


@pytest.mark.parametrize("password", ["tiga kata acak", "kopi-hujan-perahu", "Xk29!mmQ", "ñandú ñandú"])
def test_good_passwords_are_accepted(password: str) -> None:
    assert password_fault(password, "siti.aminah") is None


def test_a_code_comes_back_from_its_seed_until_the_key_changes() -> None:
    seed = new_seed(KEY)
    code = one_time_code(seed, KEY)
    assert len(code) == 8
    assert code == one_time_code(seed, KEY)
    assert one_time_code(seed, OTHER_KEY) == ""
    assert as_typed(grouped(code).upper()) == code
    assert as_typed(f"\u202a{code[:4]}\u2011{code[4:]}\u200b\u00a0") == code  # pasted from WhatsApp
    assert code not in seed


def test_codes_differ_and_use_no_confusable_sign() -> None:
    codes = {one_time_code(new_seed(KEY), KEY) for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("ilo01")


def test_hashes_are_argon2_at_9_mib() -> None:
    stored = hash_password("tiga kata acak")
    assert "$argon2id$" in stored
    assert "m=9216,t=4,p=1" in stored
    assert verify("tiga kata acak", stored)[0]
    assert not verify("tiga kata", stored)[0]
    assert not verify("nobody has this password", None)[0]


@given(st.text(max_size=30))
def test_keyed_hashes_do_not_show_their_value(value: str) -> None:
    assert len(keyed_hash(value, "address", KEY)) == 32
    assert keyed_hash(value, "address", KEY) != keyed_hash(value, "card", KEY)
