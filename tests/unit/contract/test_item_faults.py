"""What ``check_plugin`` says of quiz items."""

from decimal import Decimal

import pytest

from lms.assessment.items import ITEM_TYPES
from lms.contract.items import Bloom, ItemSpec
from lms.contract.text import Localized, Text
from lms.testing.contract import item_faults

TYPES = {kind.key: kind for kind in ITEM_TYPES}
MISSING = "needs a level_reason: what is related, judged or designed"


def an_item(bloom: Bloom, reason: Text | None = None, kind: str = "mc_single") -> ItemSpec:
    options = [{"id": name, "text": f"Kelas {name}"} for name in "abc"]
    return ItemSpec(
        "x.q1",
        kind,
        bloom,
        Localized(id="Membaca", en="Reading"),
        3,
        "Disajikan tabel.",
        Decimal(1),
        {"stem": "Kelas mana?", "options": options},
        {"key": "a"},
        reason,
    )


@pytest.mark.parametrize("bloom", list(Bloom))
def test_a_high_level_needs_its_reason(bloom: Bloom) -> None:
    high = bloom in (Bloom.C4, Bloom.C5, Bloom.C6)
    assert item_faults(TYPES, an_item(bloom)) == ([f"x.q1: {bloom} {MISSING}"] if high else [])
    assert not item_faults(
        TYPES, an_item(bloom, Localized(id="Dua kolom dihubungkan.", en="Two columns are related."))
    )


@pytest.mark.parametrize(
    "reason",
    [Localized(id="", en="Two columns."), Localized(id="Dua kolom.", en=" "), Localized(id="", en="")],
)
def test_the_reason_is_told_in_each_of_its_languages(reason: Localized) -> None:
    assert item_faults(TYPES, an_item(Bloom.C5, reason)) == [f"x.q1: C5 {MISSING}"]


def test_every_fault_is_told_at_once() -> None:
    assert item_faults(TYPES, an_item(Bloom.C4, kind="x.unknown")) == [
        "x.q1: unknown item type x.unknown",
        f"x.q1: C4 {MISSING}",
    ]
