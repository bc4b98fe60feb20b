"""Words for what stands in the trail, in the viewer's language."""

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_  # noqa: N812 - the name that pybabel looks for

from lms.platform.plugins import plugins


def action_words(action: str) -> str:
    """What was done, for the person concerned; a module says it in its own words."""
    known = _ACTIONS.get(action)
    return str(known) if known else _by_module(action)


def _by_module(action: str) -> str:
    owner, language = action.partition(".")[0], str(get_locale())
    plugin = plugins().registry.plugins.get(owner)
    if plugin and action in plugin.audit_actions:
        return plugin.audit_actions[action].in_(language)
    module = plugin.title.in_(language) if plugin else owner
    return str(_("Catatan di modul %(module)s", module=module))


_ACTIONS = {
    "people.create_person": N_("Data Bapak/Ibu didaftarkan"),
    "people.edit_person": N_("Data diri diperbaiki"),
    "people.edit_profile": N_("Nomor HP diganti"),
    "people.reset_password": N_("Kata sandi diganti dengan kode sekali pakai"),
    "people.set_password": N_("Kata sandi diganti sendiri"),
    "people.change_username": N_("Nama pengguna diganti"),
    "people.close_account": N_("Akun ditutup"),
    "people.reopen_account": N_("Akun dibuka lagi"),
    "people.forget_person": N_("Data pribadi dihapus"),
    "people.grant_role": N_("Peran ditambahkan"),
    "people.change_plugin_settings": N_("Pengaturan modul diubah"),
    "people.revoke_role": N_("Peran diakhiri"),
    "people.second_factor_on": N_("Verifikasi dua langkah diaktifkan"),
    "people.second_factor_off": N_("Verifikasi dua langkah dimatikan"),
    "people.recovery_code_used": N_("Kode cadangan dipakai"),
    "people.export_person": N_("Salinan data diunduh"),
    "programmes.change_attendance": N_("Catatan hadir diubah"),
    "assessment.extend": N_("Waktu kuis ditambah"),
    "assessment.extra_attempt": N_("Kesempatan kuis ditambah"),
    "assessment.mark": N_("Jawaban uraian dinilai"),
    "assessment.rescore": N_("Kuis dinilai ulang dengan aturan terbaru"),
    "assessment.unlock": N_("Nilai uraian dibuka lagi untuk dinilai ulang"),
    "evidence.grade": N_("Bukti dinilai"),
    "evidence.undo_grade": N_("Penilaian bukti diurungkan"),
    "evidence.unlock": N_("Bukti dibuka lagi untuk revisi"),
    "documents.submit": N_("Dokumen diajukan"),
    "documents.withdraw": N_("Pengajuan dokumen ditarik kembali"),
    "documents.reopen": N_("Dokumen yang diterima dibuka lagi"),
    "documents.review": N_("Dokumen ditelaah"),
    "documents.hand_in": N_("Dokumen dijadikan bukti"),
    "documents.delete": N_("Dokumen dihapus"),
    "documents.take_over": N_("Bagian dokumen diambil alih rekan"),
    "certificates.issue": N_("Sertifikat diterbitkan"),
    "certificates.replace": N_("Sertifikat diganti dengan yang baru"),
    "certificates.revoke": N_("Sertifikat dicabut"),
    "certificates.issue_again": N_("Sertifikat diterbitkan lagi setelah dicabut"),
}
