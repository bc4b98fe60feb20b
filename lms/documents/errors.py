"""What is refused, in words: what happened, whether the work is safe, what next. ``noun`` is what the document is called."""

from collections.abc import Iterable
from decimal import Decimal

from lms.contract.errors import Conflict, Forbidden, Invalid, NotFound
from lms.contract.text import Sentence, Text, message


def gone() -> NotFound:
    """There is no such document, part or row."""
    return NotFound(
        message("Halaman ini tidak ada atau sudah dihapus. Tulisan lain tetap aman. Kembali ke daftarnya.")
    )


def row_gone() -> NotFound:
    """A row of a list was removed."""
    return NotFound(
        message(
            "Baris ini sudah tidak ada; mungkin rekan Bapak/Ibu menghapusnya. "
            "Isian yang sudah diketik dapat disimpan sebagai baris baru."
        )
    )


def moved_on() -> Conflict:
    """Somebody, or another window, saved meanwhile."""
    return Conflict(
        message(
            "Bagian ini baru saja berubah di tempat lain. Isian Bapak/Ibu masih ada di bawah. "
            "Bandingkan dengan yang tersimpan, lalu simpan lagi."
        )
    )


def held_by(name: str) -> Conflict:
    """Somebody else writes in the part."""
    return Conflict(
        message(
            "%(name)s sedang menulis bagian ini. Isian Bapak/Ibu masih ada di bawah, belum tersimpan. Tunggu, atau ambil alih lalu simpan.",
            name=name,
        )
    )


def locked(noun: Text) -> Conflict:
    """The document is being reviewed or was accepted."""
    return Conflict(
        Sentence(
            message(
                "%(noun)s ini sedang ditelaah atau sudah diterima, jadi tidak dapat diubah. Yang tersimpan tetap aman.",
                noun=noun,
            )
        )
    )


def not_waiting(noun: Text) -> Conflict:
    """The document does not wait for a review."""
    return Conflict(
        Sentence(
            message(
                "%(noun)s ini tidak sedang menunggu telaah. Tidak ada yang diubah. Muat ulang halamannya.",
                noun=noun,
            )
        )
    )


def has_reviews(noun: Text) -> Conflict:
    """A reviewed document stays."""
    return Conflict(
        Sentence(
            message(
                "%(noun)s yang sudah ditelaah tidak dihapus, supaya catatannya tetap ada. Tidak ada yang diubah.",
                noun=noun,
            )
        )
    )


def not_accepted(noun: Text) -> Conflict:
    """Only an accepted document is handed in."""
    return Conflict(
        Sentence(
            message(
                "%(noun)s belum diterima penelaah, jadi belum dapat dijadikan bukti. Tidak ada yang diubah.",
                noun=noun,
            )
        )
    )


def not_owed(noun: Text) -> Conflict:
    """The programme does not ask for it."""
    return Conflict(message("Program ini tidak menagih %(noun)s ini. Tidak ada yang diubah.", noun=noun))


def own_work(noun: Text) -> Forbidden:
    """A writer does not review."""
    return Forbidden(
        message(
            "Bapak/Ibu ikut menulis %(noun)s ini, jadi telaahnya oleh orang lain. Tidak ada yang diubah. Mintalah penelaah lain.",
            noun=noun,
        )
    )


def not_yours(noun: Text) -> Forbidden:
    """Only the writer changes it."""
    return Forbidden(
        message(
            "Hanya penulisnya yang dapat mengubah %(noun)s ini. Tidak ada yang diubah. Bapak/Ibu dapat menyalinnya.",
            noun=noun,
        )
    )


def not_here() -> Forbidden:
    """The reader does not write at this school."""
    return Forbidden(message("Menyalin hanya untuk yang menulis di sekolah ini. Tidak ada yang diubah."))


def unknown_kind() -> Invalid:
    """The kind is not in the list."""
    return Invalid.at("kind", message("Pilih bentuknya dari daftar."))


def too_many(noun: Text, most: int) -> Invalid:
    """A person has enough documents."""
    return Invalid.at(
        "title",
        message(
            "Paling banyak %(most)s %(noun)s dalam satu program. Hapus draf yang tidak dipakai.",
            most=most,
            noun=noun,
        ),
    )


def too_many_rows(field: str, most: int) -> Invalid:
    """A list is full."""
    return Invalid.at(
        field,
        message("Paling banyak %(most)s baris. Pilih yang paling penting.", most=most),
    )


def incomplete(noun: Text) -> Invalid:
    """Something is missing."""
    return Invalid(
        Sentence(
            message(
                "%(noun)s belum lengkap, jadi belum diajukan. Semua isian tersimpan. Lengkapi yang ditandai.",
                noun=noun,
            )
        )
    )


def no_such_decision() -> Invalid:
    """The type of document does not know this decision."""
    return Invalid.at("decision", message("Pilih salah satu keputusan."))


def no_picture() -> Invalid:
    """No file was chosen."""
    return Invalid.at(
        "picture",
        message("Pilih foto atau gambar dulu. Yang tersimpan tidak berubah."),
    )


def below_pass_mark(pass_mark: Decimal, critical: tuple[str, ...]) -> Invalid:
    """A critical criterion is not met, or all together do not reach the pass mark."""
    if critical:
        codes = ", ".join(critical)
        return Invalid.at(
            "decision",
            message(
                "Kriteria kritis %(codes)s belum terpenuhi, jadi belum dapat diterima. Pilih keputusan lain, atau periksa lagi jawabannya.",
                codes=codes,
            ),
        )
    return Invalid.at(
        "decision",
        message(
            "Nilainya di bawah %(pass_mark)s, jadi belum dapat diterima. Pilih perlu revisi, atau periksa lagi deskriptornya.",
            pass_mark=pass_mark,
        ),
    )


def comment_needed() -> Invalid:
    """Who sends a document back says why."""
    return Invalid.at(
        "comment",
        message("Tulis satu kalimat: bagian mana yang perlu diperbaiki dan bagaimana."),
    )


def comments_needed(codes: Iterable[str]) -> Invalid:
    """Criteria with few descriptors need a word each."""
    sentence = message("Tulis apa yang perlu ditambahkan pada kriteria ini.")
    return Invalid(
        message("Beri komentar pada kriteria yang deskriptornya kurang."),
        fields={f"note-{code}": sentence for code in codes},
    )
