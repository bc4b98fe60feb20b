"""What is refused, in words: what happened, whether the work is safe, what next. ``noun`` is what the document is called."""

from collections.abc import Iterable
from decimal import Decimal

from lms.contract.errors import Conflict, Forbidden, Invalid, NotFound
from lms.contract.numbers import comma
from lms.contract.sentences import upper_first
from lms.contract.text import Text


def gone() -> NotFound:
    """There is no such document, part or row."""
    return NotFound(
        Text(
            "Halaman ini tidak ada atau sudah dihapus. Tulisan lain tetap aman. Kembali ke daftarnya.",
            "This does not exist or was removed. Other writing is safe. Go back to the list.",
        )
    )


def row_gone() -> NotFound:
    """A row of a list was removed."""
    return NotFound(
        Text(
            "Baris ini sudah tidak ada; mungkin rekan Bapak/Ibu menghapusnya. "
            "Isian yang sudah diketik dapat disimpan sebagai baris baru.",
            "This row no longer exists; a colleague may have removed it. What you typed can be saved as a new one.",
        )
    )


def moved_on() -> Conflict:
    """Somebody, or another window, saved meanwhile."""
    return Conflict(
        Text(
            "Bagian ini baru saja berubah di tempat lain. Isian Bapak/Ibu masih ada di bawah. "
            "Bandingkan dengan yang tersimpan, lalu simpan lagi.",
            "This part has just changed elsewhere. What you typed is still below. "
            "Compare it with what is stored, then save again.",
        )
    )


def held_by(name: str) -> Conflict:
    """Somebody else writes in the part."""
    return Conflict(
        Text(
            f"{name} sedang menulis bagian ini. Isian Bapak/Ibu masih ada di bawah, belum tersimpan. "
            "Tunggu, atau ambil alih lalu simpan.",
            f"{name} is writing this part. What you typed is still below, not saved. Wait, or take over and save.",
        )
    )


def locked(noun: Text) -> Conflict:
    """The document is being reviewed or was accepted."""
    return Conflict(
        Text(
            f"{upper_first(noun.id)} ini sedang ditelaah atau sudah diterima, jadi tidak dapat diubah. "
            "Yang tersimpan tetap aman.",
            f"This {noun.en} is in review or accepted, so it cannot be changed. What is stored is safe.",
        )
    )


def not_waiting(noun: Text) -> Conflict:
    """The document does not wait for a review."""
    return Conflict(
        Text(
            f"{upper_first(noun.id)} ini tidak sedang menunggu telaah. Tidak ada yang diubah. Muat ulang halamannya.",
            f"This {noun.en} is not waiting for a review. Nothing was changed. Reload the page.",
        )
    )


def has_reviews(noun: Text) -> Conflict:
    """A reviewed document stays."""
    return Conflict(
        Text(
            f"{upper_first(noun.id)} yang sudah ditelaah tidak dihapus, supaya catatannya tetap ada. "
            "Tidak ada yang diubah.",
            f"A {noun.en} that was reviewed is not removed, so that its notes stay. Nothing was changed.",
        )
    )


def not_accepted(noun: Text) -> Conflict:
    """Only an accepted document is handed in."""
    return Conflict(
        Text(
            f"{upper_first(noun.id)} belum diterima penelaah, jadi belum dapat dijadikan bukti. Tidak ada yang diubah.",
            f"The {noun.en} was not accepted by a reviewer yet, so it cannot become evidence. Nothing was changed.",
        )
    )


def not_owed(noun: Text) -> Conflict:
    """The programme does not ask for it."""
    return Conflict(
        Text(
            f"Program ini tidak menagih {noun.id} ini. Tidak ada yang diubah.",
            f"This programme does not ask for this {noun.en}. Nothing was changed.",
        )
    )


def own_work(noun: Text) -> Forbidden:
    """A writer does not review."""
    return Forbidden(
        Text(
            f"Bapak/Ibu ikut menulis {noun.id} ini, jadi telaahnya oleh orang lain. Tidak ada yang diubah. "
            "Mintalah penelaah lain.",
            f"You helped to write this {noun.en}, so somebody else reviews it. Nothing was changed. "
            "Ask another reviewer.",
        )
    )


def not_yours(noun: Text) -> Forbidden:
    """Only the writer changes it."""
    return Forbidden(
        Text(
            f"Hanya penulisnya yang dapat mengubah {noun.id} ini. Tidak ada yang diubah. Bapak/Ibu dapat menyalinnya.",
            f"Only its writer can change this {noun.en}. Nothing was changed. You may copy it.",
        )
    )


def not_here() -> Forbidden:
    """The reader does not write at this school."""
    return Forbidden(
        Text(
            "Menyalin hanya untuk yang menulis di sekolah ini. Tidak ada yang diubah.",
            "Copying is for those who write at this school. Nothing was changed.",
        )
    )


def unknown_kind() -> Invalid:
    """The kind is not in the list."""
    return Invalid.at("kind", Text("Pilih bentuknya dari daftar.", "Choose its kind from the list."))


def too_many(noun: Text, most: int) -> Invalid:
    """A person has enough documents."""
    return Invalid.at(
        "title",
        Text(
            f"Paling banyak {most} {noun.id} dalam satu program. Hapus draf yang tidak dipakai.",
            f"At most {most} in one programme. Remove drafts that you do not use.",
        ),
    )


def too_many_rows(field: str, row_title: Text, most: int) -> Invalid:
    """A list is full."""
    return Invalid.at(
        field,
        Text(
            f"Paling banyak {most} {row_title.id.lower()}. Pilih yang paling penting.",
            f"At most {most}. Choose the most important ones.",
        ),
    )


def incomplete(noun: Text) -> Invalid:
    """Something is missing."""
    return Invalid(
        Text(
            f"{upper_first(noun.id)} belum lengkap, jadi belum diajukan. Semua isian tersimpan. "
            "Lengkapi yang ditandai.",
            f"The {noun.en} is incomplete, so it was not submitted. All entries are stored. Complete what is marked.",
        )
    )


def no_such_decision() -> Invalid:
    """The type of document does not know this decision."""
    return Invalid.at("decision", Text("Pilih salah satu keputusan.", "Choose one of the decisions."))


def no_picture() -> Invalid:
    """No file was chosen."""
    return Invalid.at(
        "picture",
        Text(
            "Pilih foto atau gambar dulu. Yang tersimpan tidak berubah.",
            "Choose a photo or picture first. What is stored is as it was.",
        ),
    )


def below_pass_mark(pass_mark: Decimal, critical: tuple[str, ...]) -> Invalid:
    """A critical criterion is not met, or all together do not reach the pass mark."""
    if critical:
        codes = ", ".join(critical)
        return Invalid.at(
            "decision",
            Text(
                f"Kriteria kritis {codes} belum terpenuhi, jadi belum dapat diterima. Pilih keputusan lain, "
                "atau periksa lagi jawabannya.",
                f"Critical criteria {codes} are not met, so it cannot be accepted. Choose another decision, "
                "or check the answers again.",
            ),
        )
    return Invalid.at(
        "decision",
        Text(
            f"Nilainya di bawah {comma(pass_mark)}, jadi belum dapat diterima. "
            "Pilih perlu revisi, atau periksa lagi deskriptornya.",
            f"The mark is below {pass_mark}, so it cannot be accepted. "
            "Choose needs revision, or check the descriptors again.",
        ),
    )


def comment_needed() -> Invalid:
    """Who sends a document back says why."""
    return Invalid.at(
        "comment",
        Text(
            "Tulis satu kalimat: bagian mana yang perlu diperbaiki dan bagaimana.",
            "Write one sentence: which part needs work, and how.",
        ),
    )


def comments_needed(codes: Iterable[str]) -> Invalid:
    """Criteria with few descriptors need a word each."""
    sentence = Text(
        "Tulis apa yang perlu ditambahkan pada kriteria ini.", "Write what this criterion still needs."
    )
    return Invalid(
        Text(
            "Beri komentar pada kriteria yang deskriptornya kurang.",
            "Comment on the criteria with too few descriptors.",
        ),
        fields={f"note-{code}": sentence for code in codes},
    )
