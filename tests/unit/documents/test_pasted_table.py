"""Tables as people paste and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.documents.pasted_table import table_fault, table_of

cells = st.text(
    st.characters(categories=("L", "N", "P"), exclude_characters='|;"\t-:'), min_size=1, max_size=8
)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=5), st.sampled_from("\t|;"))
def test_a_pasted_table_is_read_as_it_was(lines: list[list[str]], separator: str) -> None:
    found = table_of("\n".join(separator.join(line) for line in lines))
    assert found is not None
    assert [list(found.head), *map(list, found.rows)] == lines


@pytest.mark.parametrize(
    ("text", "head", "rows"),
    [
        ("\tMinggu 1\tMinggu 2\nIkan\t40\t25\n", ("", "Minggu 1", "Minggu 2"), (("Ikan", "40", "25"),)),
        ("| Hari | Ikan |\n|---|:--|\n| 1 | 40 |", ("Hari", "Ikan"), (("1", "40"),)),
        ("Hari;Ikan;\n1;40;\n", ("Hari", "Ikan"), (("1", "40"),)),
        ('A\tB\n"dua\tbaris"\t3', ("A", "B"), (("dua baris", "3"),)),
        ('Panjang (")\tB\n2\t3', ('Panjang (")', "B"), (("2", "3"),)),
        ("A|B|C\n1|2", ("A", "B", "C"), (("1", "2", ""),)),
        ("<b>A</b>|B\n1|2", ("<b>A</b>", "B"), (("1", "2"),)),
    ],
)
def test_tables_of_excel_word_and_a_telephone(
    text: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> None:
    found = table_of(text)
    assert found is not None
    assert (found.head, found.rows) == (head, rows)


@pytest.mark.parametrize("text", ["", "satu kalimat saja", "A|B", "A\nB\nC", "|\n|", " \t \n \t "])
def test_what_is_no_table(text: str) -> None:
    assert table_of(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", None),
        (" \n", None),
        ("A|B\n1|2", None),
        ("A|B\n" + "1|2\n" * 30, None),
        ("satu kalimat saja", "belum terbaca"),
        ("A|B\n" + "1|2\n" * 31, "30 baris"),
        ("|".join("ABCDEFGHI") + "\n" + "|".join("123456789"), "8 kolom"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(text: str, words: str | None) -> None:
    fault = table_fault(text)
    assert (fault is None) if words is None else (fault is not None and words in fault.in_("id"))
