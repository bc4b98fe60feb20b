"""What the save line may say; scripts (``autosave.js``, ``upload_form.js``) pick the sentence that is true."""

from lms.web.i18n import gettext as _


def saving_texts() -> dict[str, str]:
    """Attributes of a form whose text is kept on the phone until the server has it."""
    return {
        "data-text-saving": _("Menyimpan ..."),
        "data-text-saved": _("Tersimpan di server pukul"),
        "data-text-local": _("Tersimpan di HP. Dikirim saat ada sinyal."),
        "data-text-server": _("Tersimpan di HP. Server sedang sibuk, jadi dikirim lagi sendiri nanti."),
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
        "data-text-untaken": _("Kuis belum dikumpulkan. Baca catatan di atas, lalu tekan Kumpulkan lagi."),
        "data-text-kept": _("Isian yang belum terkirim ditampilkan lagi. Tekan simpan."),
    }


def upload_texts(url: str, max_bytes: int) -> dict[str, str]:
    """Attributes of a form whose files travel by themselves; ``url`` is where an upload begins."""
    return {
        "data-upload": url,
        "data-max-bytes": str(max_bytes),
        "data-text-shrinking": _("Menyiapkan berkas ..."),
        "data-text-queue": _(
            "{} berkas, {} lagi. Halaman boleh ditutup. Dilanjutkan saat dibuka lagi di HP ini."
        ),
        "data-text-queue-open": _("{} berkas, {} lagi. Jangan tutup halaman ini."),
        "data-text-wait": _("Menunggu giliran"),
        "data-text-left": _("{} lagi"),
        "data-text-whole": _("Utuh di server"),
        "data-text-cut": _("Jaringan putus. Yang sudah sampai aman. Dilanjutkan saat ada sinyal."),
        "data-text-busy": _("Server sedang sibuk. Berkas menunggu di sini dan dicoba lagi sendiri."),
        "data-text-stopped": _(
            "Server belum dapat menerima berkas ini. Berkasnya masih menunggu di sini. Coba lagi, atau batalkan."
        ),
        "data-text-again": _("Coba lagi"),
        "data-text-large": _("Terlalu besar, jadi tidak dikirim. Kecilkan atau pilih berkas lain."),
        "data-text-signin": _(
            "Sesi masuk sudah berakhir. Berkas aman di HP ini. Masuk lagi untuk melanjutkan."
        ),
        "data-text-signin-open": _(
            "Sesi masuk sudah berakhir, dan HP ini tidak menyimpan berkasnya. "
            "Masuk lagi, lalu pilih berkas itu sekali lagi."
        ),
        "data-text-signin-link": _("Masuk lagi"),
        "data-text-gone": _("Kiriman ini sudah dihentikan di server. Pilih lagi berkasnya bila masih perlu."),
        "data-text-first": _("Berkas dikirim dulu. Setelah utuh, halaman disimpan sendiri."),
        "data-text-cancel": _("Batalkan"),
        "data-text-close": _("Tutup"),
    }
