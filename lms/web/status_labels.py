"""The one vocabulary of status words, each with its tone: "" neutral, info, wait, done or bad."""

from lms.contract.text import Text

STATUS_WORDS: dict[str, tuple[Text, str]] = {
    "not_started": (Text("Belum", "Not yet"), ""),
    "optional": (Text("Tidak wajib", "Optional"), ""),
    "draft": (Text("Draf", "Draft"), "wait"),
    "submitted": (Text("Diajukan", "Handed in"), "info"),
    "in_review": (Text("Menunggu telaah", "Waiting for review"), "info"),
    "needs_revision": (Text("Perlu revisi", "Needs revision"), "wait"),
    "accepted": (Text("Diterima", "Accepted"), "done"),
    "rejected": (Text("Ditolak", "Rejected"), "bad"),
    "done": (Text("Selesai", "Done"), "done"),
    "present": (Text("Hadir", "Present"), "done"),
    "made_up": (Text("Susulan", "Made up"), "done"),
    "excused_permit": (Text("Izin", "Excused"), "wait"),
    "excused_sick": (Text("Sakit", "Sick"), "wait"),
    "excused_duty": (Text("Dinas", "On duty"), "wait"),
    "absent": (Text("Tidak hadir", "Absent"), "bad"),
    "waiting": (Text("Menunggu", "Waiting"), "info"),
    "provisional": (Text("Sementara", "Provisional"), "wait"),
    "ready": (Text("Siap", "Ready"), "done"),
    "blocked": (Text("Belum memenuhi syarat", "Conditions not met"), "bad"),
    "proposed": (Text("Diusulkan", "Proposed"), "info"),
    "issued": (Text("Berlaku", "Valid"), "done"),
    "revoked": (Text("Dicabut", "Revoked"), "bad"),
    "replaced": (Text("Diganti", "Replaced"), "wait"),
    "running": (Text("Berjalan", "Running"), "info"),
    "upcoming": (Text("Belum mulai", "Not begun"), ""),
    "closed": (Text("Ditutup", "Closed"), ""),
    "late": (Text("Terlambat", "Late"), "bad"),
}


def status_word(key: str, locale: str) -> tuple[str, str]:
    """The word and the tone for ``key``; raises KeyError, because a new word belongs here first."""
    text, tone = STATUS_WORDS[key]
    return text.in_(locale), tone
