"""The item card as a reviewable document, and its pages."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint as Pages
from sqlalchemy.orm import Session

from imbas_hots_assessment.blueprint import ITEM, ROW, blueprint_of, share_of
from imbas_hots_assessment.frameworks import formats, levels
from imbas_hots_assessment.i18n import _, message, message_in
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
    locale,
    registry,
    verbatim,
)

CHANGED = "hots_assessment.card_changed.v1"


def check_row(values: Mapping[str, Any]) -> Mapping[str, Text]:
    """The number of an item is 1 to 99."""
    number = values.get("number")
    if number is None or (number == int(number) and 1 <= number <= 99):
        return {}
    return {"number": message("Tulis nomor 1 sampai 99.")}


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
    kind = formats()[row["format"]].in_(locale()) if row.get("format") else _("bentuk belum dipilih")
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
        message("%(code)s %(title)s (%(group)s)", code=code, title=level.title, group=level.group),
        hint=message(
            "%(verbs)s; juga di tingkat lain: %(shared)s",
            verbs=", ".join(level.verbs),
            shared=", ".join(level.shared),
        ),
    )
    for code, level in levels().items()
)
_ROW = DocumentPart(
    ROW,
    message("Baris kisi-kisi"),
    (
        DocumentField(
            "number",
            message("Nomor soal"),
            FieldKind.NUMBER,
            hint=message("Boleh kosong; nomor lalu diberi berurutan."),
            required=False,
        ),
        _line("competence", message("KD atau CP"), 300),
        _line(
            "material",
            message("Materi"),
            200,
            is_title=True,
            needed=message("Tulis materinya, misalnya Jaring makanan."),
        ),
        _text(
            "indicator",
            message("Indikator soal"),
            500,
            hint=message("Disajikan (stimulus), siswa (kemampuan) (materi)."),
        ),
        DocumentField(
            "bloom",
            message("Level berpikir"),
            FieldKind.CHOICE,
            hint=message(
                "Lihat langkah siswa, bukan kata kerjanya. Kata yang sama dapat berada di beberapa tingkat."
            ),
            options=_LEVELS,
        ),
        DocumentField(
            "format",
            message("Bentuk soal"),
            FieldKind.CHOICE,
            options=tuple(DocumentOption(code, title) for code, title in formats().items()),
        ),
    ),
    check=check_row,
)
_ITEM = DocumentPart(
    ITEM,
    message("Isi kartu"),
    (
        _line(
            "source",
            message("Sumber stimulus"),
            200,
            required=False,
            hint=message("Dari mana datanya. Samarkan nama orang."),
        ),
        _text(
            "stimulus",
            verbatim("Stimulus"),
            4000,
            required=False,
            hint=message("Baru, dekat, dan diperlukan. Untuk C4-C6 wajib ada teks, tabel, atau gambar."),
        ),
        DocumentField(
            "stimulus_table",
            message("Tabel stimulus"),
            FieldKind.TABLE,
            longest=4000,
            required=False,
            hint=message(
                "Tempel dari Excel atau Word. Atau ketik tiap baris dengan | di antara sel; baris pertama judul kolom."
            ),
        ),
        DocumentField(
            "picture",
            message("Gambar stimulus"),
            FieldKind.PICTURE,
            required=False,
            hint=message(
                "Diagram, denah, atau foto. Tanpa wajah dan nama siswa. Tempat pengambilan foto dihapus."
            ),
        ),
        _text("stem", message("Pokok soal"), 2000),
        _text(
            "options",
            message("Pilihan atau baris"),
            3000,
            required=False,
            hint=message(
                "Satu pilihan atau baris tiap baris, sedikitnya tiga. Kosongkan untuk isian dan uraian."
            ),
        ),
        _text(
            "answer_key",
            message("Kunci"),
            1000,
            required=False,
            hint=message("Untuk uraian boleh kosong."),
        ),
        _text(
            "guide",
            message("Pedoman penskoran"),
            3000,
            required=False,
            hint=message("Untuk uraian: langkah kunci dan skornya."),
        ),
        _text(
            "reason",
            message("Alasan level"),
            1000,
            hint=message("Sebutkan langkah siswa."),
        ),
    ),
)
CARD = DocumentType(
    key="hots_assessment.card",
    title=message("Kisi-kisi dan kartu soal"),
    noun=message("kartu soal"),
    path="kartu",
    unit=Unit.TEACHER,
    kinds=(
        DocumentKind(
            "card",
            message("Kartu soal"),
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
    signer=message("Guru"),
    most=60,
    decisions={
        ReviewDecision.ACCEPTED: message_in("a decision", "Dipakai"),
        ReviewDecision.NEEDS_REVISION: message("Perbaiki"),
        ReviewDecision.REJECTED: message("Ganti"),
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
    first_step=message("Mulailah dari satu indikator. Bagian lain boleh menyusul."),
)

bp = Pages("hots_assessment", __name__, template_folder="templates")
add_document_pages(bp, CARD)
