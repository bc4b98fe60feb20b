"""Words that the field does not use never come back, in no sentence, module, guide or picture."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.wording import BARE_PERCENT

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(
    (*ROOT.glob("lms/translations/en/*/*.po"), *ROOT.glob("plugins/*/*/translations/en/*/*.po"))
)
CONTENT = sorted(
    path
    for path in (*ROOT.glob("plugins/*/imbas_*/content/**/*"), *ROOT.glob("lms/modules/defaults/*"))
    if path.suffix in {".md", ".yaml", ".svg"}
)
SOURCES = (
    sorted(
        (
            *ROOT.glob("lms/**/*.html"),
            *ROOT.glob("plugins/*/imbas_*/**/*.html"),
            *ROOT.glob("lms/**/*.typ"),
            *ROOT.glob("docs/panduan/*.md"),
            *ROOT.glob("demo/imbas_demo/*.yaml"),
        )
    )
    + CONTENT
)

INDONESIAN = re.compile(
    r"perlu tangan|terhalang|jalannya sistem|pekerja (?:mati|terlihat|di belakang)|pekerjaan tertua|cadangan utuh|"
    r"uji pulih|naskah program|kode masuk dari aplikasi|guru kami|bantuan kuis|bagian peserta agar|pilih tanda|"
    r"judul dan tanda|\bkeandalan\b|dengan sisanya|menarik kelompok|\bdireviu\b|\bsurel\b|wali kelas|"
    r"dengan predikat|bukan untuk peran|jadi belum\"|% jalan ke|batas siapa|(?:belum|tidak) bisa\b|kabar balik|"
    r"menurut naskah|\bberubah status|ruang kerja materi|bukan obat|lebih awet|siapa di zoom|menaikkan ukuran",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"how the system runs|may stay empty|\bpredicate\b|put (?:the changes )?in force|worker is down|products due|"
    r"our teachers|programme script|\bblocked\b|needs a hand|correlation with the rest|\be-mail\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_content_and_guides_speak_the_words_of_the_field(path: Path) -> None:
    text = re.sub(r'"terhalang"|= "terhalang"', "", path.read_text(encoding="utf-8"))
    assert INDONESIAN.findall(text) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[3].name)
def test_sentences_and_their_english_speak_the_words_of_the_field(path: Path) -> None:
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert [text for message in messages for text in _texts(message.id) if INDONESIAN.search(text)] == []
    assert [text for message in messages for text in _texts(message.string) if ENGLISH.search(text)] == []


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.name)
def test_a_per_cent_sign_in_a_module_has_its_space(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".svg":
        text = " ".join(re.findall(r">([^<]*)<", text))
    assert BARE_PERCENT.findall(text) == []


def _texts(message: object) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)  # type: ignore[arg-type]
