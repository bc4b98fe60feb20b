"""What the pages of this module refuse, in words: what happened, whether the work is safe, what next."""

from lms.api import Conflict, NotFound, Text


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


def gone() -> NotFound:
    """The mapped problem or plan line does not exist."""
    return NotFound(
        Text(
            "Baris ini sudah tidak ada; mungkin rekan Bapak/Ibu menghapusnya. "
            "Isian yang sudah diketik dapat disimpan sebagai baris baru.",
            "This row no longer exists; a colleague may have removed it. "
            "What you typed can be saved as a new row.",
        )
    )


def no_such_item() -> NotFound:
    """The checklist has no item with this code."""
    return NotFound(
        Text(
            "Butir ini tidak ada dalam daftar periksa. Tidak ada yang diubah. Buka daftarnya lagi.",
            "The checklist has no such item. Nothing was changed. Open the list again.",
        )
    )
