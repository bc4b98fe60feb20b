"""The checklist counted: properties against a count by hand, for any rubric and any answers."""

from hypothesis import given
from hypothesis import strategies as st
from imbas_spmi_documents.checklist import (
    Availability,
    Total,
    answer_to,
    choices,
    outstanding,
    sections,
    total,
)

from lms.api import Criterion

ITEMS = st.lists(
    st.builds(
        Criterion,
        code=st.from_regex(r"[A-F][1-9]", fullmatch=True),
        text=st.just("Butir"),
        group=st.sampled_from(("Organisasi", "Pemetaan", "Perencanaan")),
        may_not_apply=st.booleans(),
    ),
    unique_by=lambda item: item.code,
    max_size=28,
)
ANSWERS = st.dictionaries(st.from_regex(r"[A-H][1-9]", fullmatch=True), st.sampled_from(Availability))


def test_one_list_counted_by_hand() -> None:
    items = tuple(Criterion(f"A{n}", "Butir", may_not_apply=n == 5) for n in range(1, 6))
    answers = {
        "A1": Availability.COMPLETE,
        "A2": Availability.PARTIAL,
        "A3": Availability.MISSING,
        "A5": Availability.NOT_APPLICABLE,
        "Z9": Availability.COMPLETE,
    }
    assert total(items, answers) == Total(complete=1, of=4)
    assert [item.code for item in outstanding(items, answers)] == ["A2", "A3", "A4"]


@given(ITEMS, ANSWERS)
def test_complete_and_outstanding_items_are_all_that_apply(
    items: list[Criterion], answers: dict[str, Availability]
) -> None:
    found = total(items, answers)
    assert found.complete + len(outstanding(items, answers)) == found.of <= len(items)


@given(ITEMS, ANSWERS)
def test_the_sections_add_up_to_the_whole(items: list[Criterion], answers: dict[str, Availability]) -> None:
    parts = [total(entries, answers) for entries in sections(items).values()]
    whole = total(items, answers)
    assert (sum(part.complete for part in parts), sum(part.of for part in parts)) == (
        whole.complete,
        whole.of,
    )
    assert sorted(item.code for entries in sections(items).values() for item in entries) == sorted(
        item.code for item in items
    )


@given(ITEMS, ANSWERS, st.data())
def test_one_more_complete_item_raises_the_count_by_one(
    items: list[Criterion], answers: dict[str, Availability], data: st.DataObject
) -> None:
    open_items = outstanding(items, answers)
    if not open_items:
        return
    code = data.draw(st.sampled_from(open_items)).code
    before, after = total(items, answers), total(items, {**answers, code: Availability.COMPLETE})
    assert after == Total(before.complete + 1, before.of)


@given(ITEMS, ANSWERS)
def test_only_items_that_may_not_apply_leave_the_count(
    items: list[Criterion], answers: dict[str, Availability]
) -> None:
    for item in items:
        assert (Availability.NOT_APPLICABLE in choices(item)) is item.may_not_apply
        given_answer = answer_to(item, answers)
        if not item.may_not_apply:
            assert given_answer is not Availability.NOT_APPLICABLE
    left_out = sum(answers.get(i.code) is Availability.NOT_APPLICABLE and i.may_not_apply for i in items)
    assert total(items, answers).of == len(items) - left_out
