"""The one vocabulary of status words, each with its tone: "" neutral, info, wait, done or bad."""

from lms.contract.text import Text, message, message_in

STATUS_WORDS: dict[str, tuple[Text, str]] = {
    "not_started": (message("Belum"), ""),
    "optional": (message("Tidak wajib"), ""),
    "draft": (message("Draf"), "wait"),
    "submitted": (message("Diajukan"), "info"),
    "in_review": (message("Menunggu telaah"), "info"),
    "needs_revision": (message("Perlu revisi"), "wait"),
    "accepted": (message("Diterima"), "done"),
    "rejected": (message("Ditolak"), "bad"),
    "done": (message_in("a status", "Selesai"), "done"),
    "present": (message("Hadir"), "done"),
    "made_up": (message("Susulan"), "done"),
    "excused_permit": (message("Izin"), "wait"),
    "excused_sick": (message("Sakit"), "wait"),
    "excused_duty": (message("Dinas"), "wait"),
    "absent": (message("Tidak hadir"), "bad"),
    "waiting": (message("Menunggu"), "info"),
    "provisional": (message("Sementara"), "wait"),
    "ready": (message("Siap"), "done"),
    "blocked": (message("Belum memenuhi syarat"), "bad"),
    "proposed": (message("Diusulkan"), "info"),
    "issued": (message_in("a certificate", "Berlaku"), "done"),
    "revoked": (message("Dicabut"), "bad"),
    "replaced": (message("Diganti"), "wait"),
    "running": (message("Berjalan"), "info"),
    "upcoming": (message("Belum mulai"), ""),
    "closed": (message("Ditutup"), ""),
    "late": (message("Terlambat"), "bad"),
}


def status_word(key: str, locale: str) -> tuple[str, str]:
    """The word and the tone for ``key``; raises KeyError, because a new word belongs here first."""
    text, tone = STATUS_WORDS[key]
    return text.in_(locale), tone
