"""Words for what stands in the trail, in the viewer's language."""

from lms.contract.text import message
from lms.platform.plugins import plugins
from lms.web.i18n import gettext as _
from lms.web.i18n import locale


def action_words(action: str) -> str:
    """What was done, for the person concerned; a module says it in its own words."""
    known = _ACTIONS.get(action)
    return known.in_(locale()) if known else _by_module(action)


def _by_module(action: str) -> str:
    owner, language = action.partition(".")[0], locale()
    plugin = plugins().registry.plugins.get(owner)
    if plugin and action in plugin.audit_actions:
        return plugin.audit_actions[action].in_(language)
    module = plugin.title.in_(language) if plugin else owner
    return _("Catatan di modul %(module)s", module=module)


_ACTIONS = {
    "people.create_person": message("Data Bapak/Ibu didaftarkan"),
    "people.edit_person": message("Data diri diperbaiki"),
    "people.edit_profile": message("Nomor HP diganti"),
    "people.reset_password": message("Kata sandi diganti dengan kode sekali pakai"),
    "people.set_password": message("Kata sandi diganti sendiri"),
    "people.change_username": message("Nama pengguna diganti"),
    "people.close_account": message("Akun ditutup"),
    "people.reopen_account": message("Akun dibuka lagi"),
    "people.forget_person": message("Data pribadi dihapus"),
    "people.grant_role": message("Peran ditambahkan"),
    "people.change_plugin_settings": message("Pengaturan modul diubah"),
    "people.revoke_role": message("Peran diakhiri"),
    "people.second_factor_on": message("Verifikasi dua langkah diaktifkan"),
    "people.second_factor_off": message("Verifikasi dua langkah dimatikan"),
    "people.recovery_code_used": message("Kode cadangan dipakai"),
    "people.export_person": message("Salinan data diunduh"),
    "programmes.change_attendance": message("Catatan hadir diubah"),
    "assessment.extend": message("Waktu kuis ditambah"),
    "assessment.extra_attempt": message("Kesempatan kuis ditambah"),
    "assessment.mark": message("Jawaban uraian dinilai"),
    "assessment.rescore": message("Kuis dinilai ulang dengan aturan terbaru"),
    "assessment.unlock": message("Nilai uraian dibuka lagi untuk dinilai ulang"),
    "evidence.grade": message("Bukti dinilai"),
    "evidence.undo_grade": message("Penilaian bukti diurungkan"),
    "evidence.unlock": message("Bukti dibuka lagi untuk revisi"),
    "documents.submit": message("Dokumen diajukan"),
    "documents.withdraw": message("Pengajuan dokumen ditarik kembali"),
    "documents.reopen": message("Dokumen yang diterima dibuka lagi"),
    "documents.review": message("Dokumen ditelaah"),
    "documents.hand_in": message("Dokumen dijadikan bukti"),
    "documents.delete": message("Dokumen dihapus"),
    "documents.take_over": message("Bagian dokumen diambil alih rekan"),
    "certificates.issue": message("Sertifikat diterbitkan"),
    "certificates.replace": message("Sertifikat diganti dengan yang baru"),
    "certificates.revoke": message("Sertifikat dicabut"),
    "certificates.issue_again": message("Sertifikat diterbitkan lagi setelah dicabut"),
}
