"""What people wrote, on pages of both languages."""

import pytest
from flask import Flask, g
from markupsafe import Markup

from lms.web.filters import written


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("id", "Satu\r\n<b>dua</b> & tiga", "Satu<br>&lt;b&gt;dua&lt;/b&gt; &amp; tiga"),
        ("id", "", ""),
        ("en", "Siswa jarang\nmembaca", '<span lang="id">Siswa jarang<br>membaca</span>'),
        ("en", Markup("Kelas &amp; guru"), '<span lang="id">Kelas &amp; guru</span>'),
    ],
)
def test_text_is_escaped_keeps_its_lines_and_names_its_language(language: str, text: str, shown: str) -> None:
    with Flask(__name__).test_request_context():
        g.locale = language
        assert written(text) == shown
