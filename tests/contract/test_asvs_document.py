"""The table of OWASP ASVS 5.0 has every requirement of levels 1 and 2, and the tests that it names exist."""

import re
from collections import Counter

import pytest

from tests.contract.test_security_document import DOCUMENT, TEST, functions_of

TEXT = (DOCUMENT.parent / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([\d.]+) \| (yes|part|no|n/a) \| (.+) \|$", TEXT, re.MULTILINE)
SECTIONS = (
    "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 "
    "5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 "
    "8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 "
    "13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3"
)
"""How many requirements of levels 1 and 2 each section of 5.0.0 has; chapters 10 and 17 are one row each."""


def test_every_requirement_is_there_once() -> None:
    asked = ["10", "17"]
    for part in SECTIONS.split():
        section, count = part.split(":")
        asked += [f"{section}.{number}" for number in range(1, int(count) + 1)]
    assert Counter(number for number, _stand, _how in ROWS) == Counter(asked)


def test_the_sum_at_the_top_is_right() -> None:
    stands = Counter(stand for _number, stand, _how in ROWS)
    assert (
        f"**{stands['yes']} yes, {stands['part']} part, {stands['no']} no, {stands['n/a']} not applicable**"
        in TEXT
    )


@pytest.mark.parametrize(("number", "how"), [(number, how) for number, _stand, how in ROWS if "::" in how])
def test_named_tests_exist(number: str, how: str) -> None:
    named = TEST.findall(how)
    assert len(named) == how.count("::"), number
    for file, test in named:
        assert test in functions_of(file), f"{number}: {file}::{test}"
