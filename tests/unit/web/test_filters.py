"""Filters write for the reader of this answer, also where a template names the value itself."""

import pytest
from flask import Flask, g


@pytest.mark.parametrize(
    ("source", "indonesian", "english"),
    [
        ("{{ 79.17|number(2) }}", "79,17", "79.17"),
        ("{{ 5|percent }}", "5\u00a0%", "5\u00a0%"),
        ("{{ 2.5|percent(1) }}", "2,5\u00a0%", "2.5\u00a0%"),
        ("{{ 2400000|grouped }}", "2.400.000", "2,400,000"),
        ("{{ none|percent }}", "-", "-"),
        (
            "{{ 'SK tim'|lower_first }}, {{ 'Pokok soal'|lower_first }}",
            "SK tim, pokok soal",
            "SK tim, pokok soal",
        ),
    ],
)
def test_a_constant_is_written_for_each_reader(
    app: Flask, source: str, indonesian: str, english: str
) -> None:
    with app.test_request_context("/"):  # a template is compiled while its first reader waits
        template = app.jinja_env.from_string(source)
    for language, wanted in (("id", indonesian), ("en", english), ("id", indonesian)):
        with app.test_request_context(f"/?lang={language}"):
            g.pop("locale", None)  # the test's own context is shared
            assert template.render() == wanted
