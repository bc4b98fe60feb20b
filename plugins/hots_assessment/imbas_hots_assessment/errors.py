"""What this module refuses, in words: what happened, whether the work is safe, what next."""

from lms.api import Conflict, Forbidden, Invalid, NotFound, Text


def gone() -> NotFound:
    """The card does not exist, or is a draft of somebody else."""
    return NotFound(
        Text(
            "Kartu ini tidak ada atau masih draf penulisnya. Kartu lain tetap aman. Kembali ke daftar kartu.",
            "This card does not exist or is still its writer's draft. Other cards are safe. "
            "Go back to the list of cards.",
        )
    )


def moved_on() -> Conflict:
    """Another window, or the writer of a card in review, saved meanwhile."""
    return Conflict(
        Text(
            "Isian ini baru saja berubah di tempat lain. Yang Bapak/Ibu ketik masih ada di bawah. "
            "Bandingkan dengan yang tersimpan, lalu simpan lagi.",
            "This has just changed elsewhere. What you typed is still below. "
            "Compare it with what is stored, then save again.",
        )
    )


def own_card() -> Forbidden:
    """Nobody reviews his own card."""
    return Forbidden(
        Text(
            "Kartu sendiri ditelaah oleh orang lain. Tidak ada yang diubah. Mintalah rekan menelaahnya.",
            "Your own card is reviewed by somebody else. Nothing was changed. Ask a colleague.",
        )
    )


def incomplete() -> Invalid:
    """Parts are missing, so nobody can review the card."""
    return Invalid(
        Text(
            "Kartu belum lengkap, jadi belum dibagikan. Semua isian tersimpan. Lengkapi yang ditandai.",
            "The card is incomplete, so it was not shared. All entries are stored. Complete what is marked.",
        )
    )


def no_picture() -> Invalid:
    """No file was chosen."""
    return field(
        "picture",
        "Pilih foto atau gambar dulu. Isi kartu tidak berubah.",
        "Choose a photo or picture first. The card is as it was.",
    )


def too_many(most: int) -> Invalid:
    """A teacher has enough cards."""
    return field(
        "number",
        f"Paling banyak {most} kartu dalam satu program. Hapus kartu yang tidak dipakai.",
        f"At most {most} cards in a programme. Remove cards that you do not use.",
    )


def number_taken(number: int) -> Invalid:
    """Two items of a blueprint cannot have the same number."""
    return field(
        "number",
        f"Nomor {number} sudah dipakai kartu lain. Pilih nomor lain.",
        f"Number {number} is taken by another card. Choose another number.",
    )


def not_usable(codes: tuple[str, ...]) -> Invalid:
    """The decision "use" does not fit the checklist."""
    if codes:
        listed = ", ".join(codes)
        return field(
            "decision",
            f"Kaidah kritis {listed} belum terpenuhi, jadi butir belum dapat dipakai. Pilih perbaiki atau ganti.",
            f"Critical rules {listed} are not met, so the item cannot be used yet. Choose improve or replace.",
        )
    return field(
        "decision",
        "Kurang dari 90\u00a0% kaidah terpenuhi. Pilih perbaiki atau ganti.",
        "Less than 90\u00a0% of the rules are met. Choose improve or replace.",
    )


def comment_needed() -> Invalid:
    """An item that must change needs to know how."""
    return field(
        "comment",
        "Tulis satu saran, supaya penulis tahu apa yang diubah.",
        "Write one suggestion, so that the writer knows what to change.",
    )


def field(name: str, text_id: str, text_en: str) -> Invalid:
    """A fault of one field."""
    return Invalid.at(name, Text(text_id, text_en))
