"""What is said of pages and forms on a phone without a network; scripts (``offline.js``) pick the sentence that is true."""

from lms.web.i18n import gettext as _


def offline_texts() -> dict[str, str]:
    """Attributes of the page that lists what lies on the phone: of a form, of a page with a form, of the list itself."""
    return {
        "data-text-draft": _("Tersimpan di HP ini saja. Belum dikirim."),
        "data-text-again": _("Isian yang belum dikirim ditampilkan lagi. Tersimpan di HP ini saja."),
        "data-text-unkept": _(
            "Belum tersimpan: ruang HP penuh atau browser tidak mengizinkan. Jangan tutup halaman ini. "
            "Kosongkan ruang HP, atau salin tulisannya."
        ),
        "data-text-waiting": _("Menunggu sinyal di HP ini. Dikirim sendiri; halaman boleh ditutup."),
        "data-text-unsure": _(
            "Sudah dikirim, tetapi jawaban server belum sampai. Dikirim ulang sendiri, dan hanya dihitung sekali."
        ),
        "data-text-sending": _("Sedang dikirim ..."),
        "data-text-arrived": _("Sampai di server: {}."),
        "data-text-refused": _(
            "Tidak diterima server: {} Isian tetap di HP ini. Betulkan lalu kirim lagi, atau salin."
        ),
        "data-text-odd": _("server tidak dapat membaca formulir ini."),
        "data-text-signin": _("Sesi masuk sudah berakhir. Isian aman di HP ini."),
        "data-text-signin-link": _("Masuk lagi agar terkirim"),
        "data-text-change": _("Ubah isian"),
        "data-text-typed": _("Lihat tulisannya"),
        "data-text-file": _("Foto di HP ini:"),
        "data-text-drop": _("Hapus"),
        "data-text-page-ready": _("Halaman ini dapat dibuka tanpa sinyal (disimpan {})."),
        "data-text-page-here": _(
            "Tanpa sinyal. Halaman ini dari HP ini, disimpan {}. Isi dan kirim seperti biasa."
        ),
        "data-text-page-lost": _("Tanpa sinyal, dan halaman ini belum disimpan di HP. Jangan ditutup."),
        "data-text-page-full": _("Halaman ini belum dapat dibuka tanpa sinyal: ruang HP penuh."),
        "data-text-here": _("Siap tanpa sinyal, disimpan {}"),
        "data-text-unkept-page": _("Belum disimpan di HP ini"),
        "data-text-remove": _("Hapus"),
        "data-text-sure": _("Hapus dari HP ini? Tulisannya tidak dapat dikembalikan."),
        "data-text-taking": _("Menyiapkan ..."),
        "data-text-taken": _("Siap. Halaman di atas dapat dibuka tanpa sinyal."),
        "data-text-lost": _("Sinyal putus. Yang belum disimpan disiapkan lagi nanti: tekan sekali lagi."),
        "data-text-full": _("Ruang HP penuh, jadi belum semua disimpan. Kosongkan ruang, lalu tekan lagi."),
    }
