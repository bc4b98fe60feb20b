"""What the save line may say; ``saving.js`` and ``upload.js`` pick the sentence that is true."""

from flask_babel import gettext as _


def saving_texts() -> dict[str, str]:
    """Attributes of a form whose text is kept on the phone until the server has it."""
    return {
        "data-text-saving": _("Menyimpan ..."),
        "data-text-saved": _("Tersimpan di server pukul"),
        "data-text-local": _("Tersimpan di HP. Dikirim saat ada sinyal."),
        "data-text-unsaved": _("Belum tersimpan."),
        "data-text-signin": _("Tersimpan di HP. Sesi masuk sudah berakhir."),
        "data-text-signin-link": _("Masuk lagi agar terkirim"),
        "data-text-older": _(
            "Jawaban di HP ini lebih lama. Yang dipakai tersimpan pukul {}. Lihat tulisan lama."
        ),
        "data-text-newer": _("Jawaban terbaru dari HP atau tab lain sudah ditampilkan."),
        "data-text-wait": _(
            "Kuis belum dikumpulkan. Ada jawaban di HP yang belum terkirim. Tekan lagi saat ada sinyal."
        ),
        "data-text-kept": _("Isian yang belum terkirim ditampilkan lagi. Tekan simpan."),
    }


def upload_texts(max_bytes: int, max_total: int) -> dict[str, str]:
    """Attributes of a form whose files are shown on their way."""
    return {
        "data-upload": "",
        "data-max-bytes": str(max_bytes),
        "data-max-total": str(max_total),
        "data-text-shrinking": _("Menyiapkan berkas ..."),
        "data-text-basket": _("{} berkas dipilih, {} akan dikirim."),
        "data-text-sending": _("Mengirim {} dari {}"),
        "data-text-cut": _(
            "Jaringan putus. Berkas dan catatan masih di halaman ini. Dikirim lagi saat ada sinyal."
        ),
        "data-text-large": _("{} terlalu besar. Belum ada yang dikirim. Kecilkan atau pilih berkas lain."),
        "data-text-signin": _(
            "Sesi masuk sudah berakhir. Berkas dan catatan masih di halaman ini. Masuk, lalu tekan lagi."
        ),
        "data-text-signin-link": _("Masuk di tab baru"),
    }
