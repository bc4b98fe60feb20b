"""Values of a definition that YAML can write and no programme has."""

from typing import Any

import pytest
import yaml
from imbas_demo.cast import source

from lms.programmes.definition.document import dump
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.yaml_document import load_yaml

DEMONSTRATION = source("programme.yaml").read_text("utf-8")
FIRST = ("stages", 0)
TAUGHT = (*FIRST, "sessions", 0)


def refused(path: tuple[str | int, ...], value: Any) -> str:
    document: Any = dump(load_yaml(DEMONSTRATION))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(DefinitionFault) as fault:
        load_yaml(yaml.safe_dump(document))
    return " ".join(tuple(str(fault.value).splitlines()))


@pytest.mark.modules
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["starts_on", "ends_on"])
def test_days_far_away(field: str, day: str) -> None:
    assert "tahunnya antara 1900 dan 2999" in refused((*FIRST, field), day)


@pytest.mark.modules
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00"])
@pytest.mark.parametrize(
    "path", [(*TAUGHT, "starts_at"), (*TAUGHT, "ends_at"), (*FIRST, "on_service_due_at")]
)
def test_times_that_another_zone_has_not(path: tuple[str | int, ...], moment: str) -> None:
    assert "tahunnya antara 1900 dan 2999" in refused(path, moment)


@pytest.mark.modules
@pytest.mark.parametrize("sign", ["\x00", "\ufffe"])
def test_signs_that_yaml_writes_in_plain_letters(sign: str) -> None:
    found = refused((*TAUGHT, "title"), f"Sesi{sign}satu")
    assert "memuat tanda yang tidak dapat disimpan" in found
    assert "baris" in found


@pytest.mark.modules
@pytest.mark.parametrize(
    "pattern",
    [
        "{seq:0999999999d}/{unit_code}/{year}",
        "{seq.__class__}/{unit_code}/{year}",
        "{seq!r}",
        "{unit_code:9d}{seq}",
        "{seq",
        "x" * 60 + "{seq}",
    ],
)
def test_patterns_of_numbers_are_blanks_and_plain_text(pattern: str) -> None:
    assert "number_pattern" in refused(("certificate", "number_pattern"), pattern)


@pytest.mark.modules
@pytest.mark.parametrize("number", [10**30, float("nan"), float("inf"), -1, "\u00b2"])
def test_numbers_that_no_programme_has(number: Any) -> None:
    assert refused((*TAUGHT, "jp"), number)
    assert refused(("passing", "final_minimum"), number)
    assert refused(("school_year",), "\u0662\u0660\u0662\u0660/\u0662\u0660\u0662\u0661")
