"""What this module refuses, in words: what happened, whether the work is safe, what next."""

from decimal import Decimal

from lms.api import Conflict, Forbidden, Invalid, NotFound, Text, comma


def gone() -> NotFound:
    """The plan or part does not exist."""
    return NotFound(
        Text(
            "Rencana ini tidak ada atau sudah dihapus. Rencana lain tetap aman. Kembali ke daftar rencana.",
            "This plan does not exist or was removed. Other plans are safe. Go back to the list of plans.",
        )
    )


def moved_on() -> Conflict:
    """Somebody, or another window, saved meanwhile."""
    return Conflict(
        Text(
            "Rencana ini baru saja berubah di tempat lain. Isian Bapak/Ibu masih ada di bawah. "
            "Bandingkan dengan yang tersimpan, lalu simpan lagi.",
            "This plan has just changed elsewhere. What you typed is still below. "
            "Compare it with what is stored, then save again.",
        )
    )


def locked() -> Conflict:
    """The plan is being reviewed or was accepted."""
    return Conflict(
        Text(
            "Rencana ini sedang ditelaah atau sudah diterima, jadi tidak dapat diubah. "
            "Yang tersimpan tetap aman. Tarik kembali atau salin rencananya.",
            "This plan is in review or accepted, so it cannot be changed. "
            "What is stored is safe. Take it back or copy it.",
        )
    )


def not_waiting() -> Conflict:
    """The plan is not waiting for a review."""
    return Conflict(
        Text(
            "Rencana ini sudah tidak menunggu telaah. Tidak ada yang diubah. Muat ulang halamannya.",
            "This plan no longer waits for a review. Nothing was changed. Reload the page.",
        )
    )


def has_reviews() -> Conflict:
    """A reviewed plan stays."""
    return Conflict(
        Text(
            "Rencana yang sudah ditelaah tidak dihapus, supaya catatannya tetap ada. Tidak ada yang diubah.",
            "A plan that was reviewed is not removed, so that its notes stay. Nothing was changed.",
        )
    )


def own_plan() -> Forbidden:
    """Nobody reviews his own plan."""
    return Forbidden(
        Text(
            "Rencana sendiri ditelaah oleh orang lain. Tidak ada yang diubah. "
            "Mintalah kepala sekolah atau fasilitator menelaah.",
            "Your own plan is reviewed by somebody else. Nothing was changed. "
            "Ask the headmaster or the facilitator.",
        )
    )


def not_yours() -> Forbidden:
    """Only the writer changes a plan."""
    return Forbidden(
        Text(
            "Hanya penulisnya yang mengubah rencana ini. Tidak ada yang diubah. Bapak/Ibu dapat menyalinnya.",
            "Only its writer changes this plan. Nothing was changed. You may copy it.",
        )
    )


def not_here() -> Forbidden:
    """The reader works in another school."""
    return Forbidden(
        Text(
            "Menyalin hanya untuk guru dan kepala sekolah di sekolah ini. Tidak ada yang diubah.",
            "Copying is for teachers and the headmaster of this school. Nothing was changed.",
        )
    )


def unknown_kind() -> Invalid:
    """The kind is not in the list."""
    return _invalid("kind", "Pilih bentuk rencana dari daftar.", "Choose a kind of plan from the list.")


def too_many(most: int) -> Invalid:
    """A teacher has enough plans."""
    return _invalid(
        "title",
        f"Paling banyak {most} rencana dalam satu program. Hapus draf yang tidak dipakai.",
        f"At most {most} plans in a programme. Remove drafts that you do not use.",
    )


def incomplete() -> Invalid:
    """Parts or tags are missing."""
    return Invalid(
        Text(
            "Rencana belum lengkap, jadi belum diajukan. Semua isian tersimpan. Lengkapi yang ditandai.",
            "The plan is incomplete, so it was not handed in. All entries are stored. Complete what is marked.",
        )
    )


def below_pass_mark(pass_mark: Decimal) -> Invalid:
    """The descriptors do not reach the pass mark."""
    return _invalid(
        "decision",
        f"Nilainya di bawah {comma(pass_mark)}, jadi belum dapat diterima. "
        "Pilih perlu revisi, atau periksa lagi deskriptornya.",
        f"The mark is below {pass_mark}, so it cannot be accepted. "
        "Choose needs revision, or check the descriptors again.",
    )


def comment_needed() -> Invalid:
    """A plan that needs revision needs a word on what."""
    return _invalid(
        "comment",
        "Tulis satu kalimat: bagian mana yang perlu diperbaiki dan bagaimana.",
        "Write one sentence: which part needs work, and how.",
    )


def _invalid(field: str, text_id: str, text_en: str) -> Invalid:
    return Invalid.at(field, Text(text_id, text_en))
