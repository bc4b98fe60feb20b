"""What this module refuses, in words: what happened, whether the work is safe, what next."""

from collections.abc import Iterable
from decimal import Decimal

from lms.api import Conflict, Forbidden, Invalid, NotFound, Text, comma


def gone() -> NotFound:
    """The goal or measurement does not exist."""
    return NotFound(
        Text(
            "Sasaran ini sudah tidak ada; mungkin rekan Bapak/Ibu menghapusnya. "
            "Isian yang sudah diketik dapat disimpan sebagai sasaran baru.",
            "This goal no longer exists; a colleague may have removed it. "
            "What you typed can be saved as a new goal.",
        )
    )


def no_plan() -> NotFound:
    """The school has not begun its plan."""
    return NotFound(
        Text(
            "Sekolah ini belum menulis rencana program unggulan. Tidak ada yang hilang. "
            "Mulailah dari halaman Program unggulan.",
            "This school has not begun its flagship plan. Nothing is lost. "
            "Start from the page Flagship programme.",
        )
    )


def moved_on() -> Conflict:
    """Somebody saved meanwhile."""
    return Conflict(
        Text(
            "Rekan Bapak/Ibu baru saja menyimpan perubahan. Isian Bapak/Ibu masih ada di bawah. "
            "Bandingkan dengan yang tersimpan, lalu simpan lagi.",
            "A colleague has just saved a change. What you typed is still below. "
            "Compare it with what is stored, then save again.",
        )
    )


def locked() -> Conflict:
    """The plan is being reviewed or was accepted."""
    return Conflict(
        Text(
            "Rencana ini sedang ditelaah atau sudah diterima, jadi tidak dapat diubah. "
            "Yang tersimpan tetap aman. Hasil pengukuran tetap dapat dicatat.",
            "This plan is in review or accepted, so it cannot be changed. "
            "What is stored is safe. Measurements can still be recorded.",
        )
    )


def not_waiting() -> Conflict:
    """The plan is not waiting for a review."""
    return Conflict(
        Text(
            "Rencana ini tidak sedang menunggu telaah. Tidak ada yang diubah. Muat ulang halamannya.",
            "This plan is not waiting for a review. Nothing was changed. Reload the page.",
        )
    )


def has_measures() -> Conflict:
    """A goal with measurements stays."""
    return Conflict(
        Text(
            "Sasaran ini sudah punya hasil pengukuran. Tidak ada yang dihapus. Hapus pengukurannya dulu.",
            "This goal has measurements. Nothing was removed. Remove its measurements first.",
        )
    )


def own_plan() -> Forbidden:
    """A writer does not review."""
    return Forbidden(
        Text(
            "Bapak/Ibu ikut menulis rencana ini, jadi telaahnya oleh orang lain. Tidak ada yang diubah. "
            "Mintalah fasilitator atau penilai lain.",
            "You helped to write this plan, so somebody else reviews it. Nothing was changed. "
            "Ask another facilitator or grader.",
        )
    )


def incomplete() -> Invalid:
    """Something is still missing."""
    return Invalid(
        Text(
            "Rencana belum lengkap, jadi belum diajukan. Semua isian tersimpan. Lengkapi yang ditandai.",
            "The plan is incomplete, so it was not handed in. All entries are stored. Complete what is marked.",
        )
    )


def too_many(most: int) -> Invalid:
    """More goals than a school can work on."""
    return _invalid(
        "goal",
        f"Paling banyak {most} sasaran. Pilih yang paling penting.",
        f"At most {most} goals. Choose the most important ones.",
    )


def not_ready_to_measure() -> Invalid:
    """Baseline or target are missing."""
    return _invalid(
        "value",
        "Isi data awal dan target sasaran ini dulu, lalu catat hasilnya.",
        "Enter this goal's baseline and target first, then record the result.",
    )


def measured_before_baseline() -> Invalid:
    """A measurement is older than the baseline."""
    return _invalid(
        "measured_on",
        "Tanggal ukur tidak boleh sebelum tanggal data awal.",
        "The day of measuring must not be before the day of the baseline.",
    )


def measured_in_future() -> Invalid:
    """A measurement of a day to come."""
    return _invalid(
        "measured_on",
        "Tanggal ukur tidak boleh sesudah hari ini.",
        "The day of measuring must not be after today.",
    )


def measured_already() -> Invalid:
    """One value per goal and day."""
    return _invalid(
        "measured_on",
        "Tanggal ini sudah punya hasil. Hapus yang lama, atau pilih tanggal lain.",
        "This day already has a result. Remove the old one, or choose another day.",
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


def comments_needed(codes: Iterable[str]) -> Invalid:
    """Criteria with few descriptors need a word each."""
    text = Text(
        "Tulis apa yang perlu ditambahkan pada kriteria ini.", "Write what this criterion still needs."
    )
    return Invalid(
        Text(
            "Beri komentar pada kriteria yang deskriptornya kurang dari tiga.",
            "Comment on the criteria with fewer than three descriptors.",
        ),
        fields={f"note-{code}": text for code in codes},
    )


def _invalid(field: str, text_id: str, text_en: str) -> Invalid:
    return Invalid.at(field, Text(text_id, text_en))
