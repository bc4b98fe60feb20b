"""What the pages of this module refuse, in words: what happened, whether the work is safe, what next."""

from imbas_spmi_documents.i18n import message
from lms.api import Conflict, NotFound


def moved_on() -> Conflict:
    """Somebody saved meanwhile."""
    return Conflict(
        message(
            "Rekan Bapak/Ibu baru saja menyimpan perubahan. Isian Bapak/Ibu masih ada di bawah. "
            "Bandingkan dengan yang tersimpan, lalu simpan lagi."
        )
    )


def gone() -> NotFound:
    """The mapped problem or plan line does not exist."""
    return NotFound(
        message(
            "Baris ini sudah tidak ada; mungkin rekan Bapak/Ibu menghapusnya. "
            "Isian yang sudah diketik dapat disimpan sebagai baris baru."
        )
    )


def no_such_item() -> NotFound:
    """The checklist has no item with this code."""
    return NotFound(
        message("Butir ini tidak ada dalam daftar periksa. Tidak ada yang diubah. Buka daftarnya lagi.")
    )
