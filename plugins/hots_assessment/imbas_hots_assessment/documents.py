"""The item card as a reviewable document, and its pages."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint as Pages
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from imbas_hots_assessment.blueprint import ITEM, ROW, blueprint_of, share_of
from imbas_hots_assessment.frameworks import formats, levels
from imbas_hots_assessment.review_sheet import review_sheets
from imbas_hots_assessment.rules import WANTED_CARDS, WANTED_HIGH, fitting, review_key, still_lacking
from lms.api import (
    DocumentContent,
    DocumentField,
    DocumentKind,
    DocumentOption,
    DocumentPart,
    DocumentPermissions,
    DocumentState,
    DocumentType,
    FieldKind,
    Place,
    ReviewDecision,
    Rubric,
    Text,
    Unit,
    add_document_pages,
    current_actor,
    find_document,
    registry,
)

CHANGED = "hots_assessment.card_changed.v1"


def check_row(values: Mapping[str, Any]) -> Mapping[str, Text]:
    """The number of an item is 1 to 99."""
    number = values.get("number")
    if number is None or (number == int(number) and 1 <= number <= 99):
        return {}
    return {"number": Text("Tulis nomor 1 sampai 99.", "Write a number from 1 to 99.")}


def lacking(content: DocumentContent) -> Iterator[tuple[str, Text]]:
    """What level and format ask for besides the fields that every card needs."""
    row = content.values(ROW)
    part = CARD.kinds[0].part(ITEM)
    assert part is not None
    for key in still_lacking(row.get("bloom", ""), row.get("format", ""), content.values(ITEM)):
        yield ITEM, part.field(key).label


def checklist(content: DocumentContent) -> Rubric:
    """The newest checklist for the card's format and level."""
    row = content.values(ROW)
    return fitting(registry().rubric(review_key(row.get("format", ""))), row.get("bloom", ""))


def summary(content: DocumentContent) -> str:
    """Number, level and format of a card, as far as they are chosen."""
    row = content.values(ROW)
    kind = formats()[row["format"]].in_(str(get_locale())) if row.get("format") else _("bentuk belum dipilih")
    number: Decimal | None = row.get("number")
    first = [_("No. %(number)s", number=int(number))] if number else []
    return " · ".join((*first, row.get("bloom") or _("level belum dipilih"), kind))


def board_details(
    session: Session, place: Place, own: Sequence[tuple[DocumentState, DocumentContent]]
) -> dict[str, Any]:
    """The reader's own blueprint, and how far its set of cards has come."""
    assert place.programme_id is not None
    assert place.school_id is not None
    me = current_actor().person_id
    return {
        "blueprint": blueprint_of(
            session, programme_id=place.programme_id, school_id=place.school_id, person_id=me
        ),
        "person_id": me,
        "share": share_of(own),
        "wanted": (WANTED_CARDS, WANTED_HIGH),
    }


def details(session: Session, document_id: int, _content: DocumentContent) -> Any:
    """The head of the blueprint that a card belongs to, None while nothing is written there."""
    card = find_document(session, document_id)
    assert card.person_id is not None
    return blueprint_of(
        session, programme_id=card.programme_id, school_id=card.school_id, person_id=card.person_id
    )


def _line(key: str, label: Text, longest: int, **more: Any) -> DocumentField:
    return DocumentField(key, label, FieldKind.LINE, longest=longest, signs=1, **more)


def _text(key: str, label: Text, longest: int, **more: Any) -> DocumentField:
    return DocumentField(key, label, longest=longest, signs=1, **more)


_LEVELS = tuple(
    DocumentOption(
        code,
        Text(f"{code} {level.title.id} ({level.group})", f"{code} {level.title.en} ({level.group})"),
        hint=Text(
            f"{', '.join(level.verbs)}; juga di tingkat lain: {', '.join(level.shared)}",
            f"{', '.join(level.verbs)}; under other levels, too: {', '.join(level.shared)}",
        ),
    )
    for code, level in levels().items()
)
_ROW = DocumentPart(
    ROW,
    Text("Baris kisi-kisi", "Row of the blueprint"),
    (
        DocumentField(
            "number",
            Text("Nomor soal", "Item number"),
            FieldKind.NUMBER,
            hint=Text(
                "Boleh kosong; nomor lalu diberi berurutan.", "May be empty; numbers are then given in turn."
            ),
            required=False,
        ),
        _line("competence", Text("KD atau CP", "Competence"), 300),
        _line(
            "material",
            Text("Materi", "Material"),
            200,
            is_title=True,
            needed=Text(
                "Tulis materinya, misalnya Jaring makanan.", "Write its material, such as Food webs."
            ),
        ),
        _text(
            "indicator",
            Text("Indikator soal", "Indicator"),
            500,
            hint=Text(
                "Disajikan (stimulus), siswa (kemampuan) (materi).",
                "Given (stimulus), pupils (ability) (material).",
            ),
        ),
        DocumentField(
            "bloom",
            Text("Level berpikir", "Level of thinking"),
            FieldKind.CHOICE,
            hint=Text(
                "Lihat langkah siswa, bukan kata kerjanya. Kata yang sama dapat berada di beberapa tingkat.",
                "Look at what pupils do, not at the verb. A verb may stand under several levels.",
            ),
            options=_LEVELS,
        ),
        DocumentField(
            "format",
            Text("Bentuk soal", "Format"),
            FieldKind.CHOICE,
            options=tuple(DocumentOption(code, title) for code, title in formats().items()),
        ),
    ),
    check=check_row,
)
_ITEM = DocumentPart(
    ITEM,
    Text("Isi kartu", "The item"),
    (
        _line(
            "source",
            Text("Sumber stimulus", "Source of the stimulus"),
            200,
            required=False,
            hint=Text("Dari mana datanya. Samarkan nama orang.", "Where the data come from. Disguise names."),
        ),
        _text(
            "stimulus",
            Text("Stimulus", "Stimulus"),
            4000,
            required=False,
            hint=Text(
                "Baru, dekat, dan diperlukan. Untuk C4-C6 wajib ada teks, tabel, atau gambar.",
                "New, close to pupils, and needed. C4-C6 must have a text, a table or a picture.",
            ),
        ),
        DocumentField(
            "stimulus_table",
            Text("Tabel stimulus", "Table of the stimulus"),
            FieldKind.TABLE,
            longest=4000,
            required=False,
            hint=Text(
                "Tempel dari Excel atau Word. Atau ketik tiap baris dengan | di antara sel; baris pertama judul kolom.",
                "Paste from Excel or Word. Or type each line with | between the cells; the first line holds headings.",
            ),
        ),
        DocumentField(
            "picture",
            Text("Gambar stimulus", "Picture of the stimulus"),
            FieldKind.PICTURE,
            required=False,
            hint=Text(
                "Diagram, denah, atau foto. Tanpa wajah dan nama siswa. Tempat pengambilan foto dihapus.",
                "A diagram, a plan or a photo. No faces or names of pupils. Where a photo was taken is removed.",
            ),
        ),
        _text("stem", Text("Pokok soal", "Stem"), 2000),
        _text(
            "options",
            Text("Pilihan atau baris", "Options or rows"),
            3000,
            required=False,
            hint=Text(
                "Satu pilihan atau baris tiap baris, sedikitnya tiga. Kosongkan untuk isian dan uraian.",
                "One option or row a line, three at least. Leave empty for short answers and essays.",
            ),
        ),
        _text(
            "answer_key",
            Text("Kunci", "Key"),
            1000,
            required=False,
            hint=Text("Untuk uraian boleh kosong.", "May be empty for essays."),
        ),
        _text(
            "guide",
            Text("Pedoman penskoran", "Scoring guide"),
            3000,
            required=False,
            hint=Text("Untuk uraian: langkah kunci dan skornya.", "For essays: key steps and their marks."),
        ),
        _text(
            "reason",
            Text("Alasan level", "Reason for the level"),
            1000,
            hint=Text("Sebutkan langkah siswa.", "Name the steps that pupils take."),
        ),
    ),
)
CARD = DocumentType(
    key="hots_assessment.card",
    title=Text("Kisi-kisi dan kartu soal", "Blueprint and item cards"),
    noun=Text("kartu soal", "item card"),
    path="kartu",
    unit=Unit.TEACHER,
    kinds=(
        DocumentKind(
            "card",
            Text("Kartu soal", "Item card"),
            rubric=review_key(""),
            parts=(_ROW, _ITEM),
            deliverable="hots_assessment.item_cards",
        ),
    ),
    permissions=DocumentPermissions(
        board="hots_assessment.view",
        view="hots_assessment.view",
        create="hots_assessment.create",
        write="hots_assessment.write",
        submit="hots_assessment.write",
        review="hots_assessment.review",
    ),
    changed=CHANGED,
    signer=Text("Guru", "Teacher"),
    most=60,
    decisions={
        ReviewDecision.ACCEPTED: Text("Dipakai", "Use"),
        ReviewDecision.NEEDS_REVISION: Text("Perbaiki", "Improve"),
        ReviewDecision.REJECTED: Text("Ganti", "Replace"),
    },
    several_reviews=True,
    may_reopen=True,
    rubric_for=checklist,
    lacking=lacking,
    summary=summary,
    template="hots_assessment/card.html",
    details=details,
    board_details=board_details,
    tables=review_sheets,
    first_step=Text(
        "Mulailah dari satu indikator. Bagian lain boleh menyusul.",
        "Begin with one indicator. The rest may follow.",
    ),
)

bp = Pages("hots_assessment", __name__, template_folder="templates")
add_document_pages(bp, CARD)
