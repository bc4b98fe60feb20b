"""Words for roles and for what stands in the trail, in the viewer's language."""

from flask_babel import get_locale
from flask_babel import gettext as _

from lms.contract.actors import Role
from lms.platform.plugins import plugins


def role_words(role: Role) -> str:
    """A role as people call it."""
    words: dict[Role, str] = {
        Role.TEACHER: _("Guru"),
        Role.QUALITY_TEAM: _("Anggota TPMPS"),
        Role.HEADMASTER: _("Kepala sekolah"),
        Role.OPERATOR: _("Operator sekolah"),
        Role.FACILITATOR: _("Fasilitator"),
        Role.SUPERVISOR: _("Pengawas"),
        Role.GRADER: _("Penilai"),
        Role.ADMIN: _("Admin"),
        Role.AGENCY_HEAD: _("Pimpinan"),
        Role.EDUCATION_OFFICE: _("Dinas Pendidikan"),
    }
    return words[role]


def action_words(action: str) -> str:
    """What was done, for the person concerned; a module's entry by the name of the module."""
    known: dict[str, str] = {
        "people.create_person": _("Data Bapak/Ibu didaftarkan"),
        "people.edit_person": _("Data diri diperbaiki"),
        "people.edit_profile": _("Nomor HP diganti"),
        "people.reset_password": _("Kata sandi diganti dengan kode sekali pakai"),
        "people.set_password": _("Kata sandi diganti sendiri"),
        "people.change_username": _("Nama pengguna diganti"),
        "people.close_account": _("Akun ditutup"),
        "people.reopen_account": _("Akun dibuka lagi"),
        "people.forget_person": _("Data pribadi dihapus"),
        "people.grant_role": _("Peran ditambahkan"),
        "people.revoke_role": _("Peran diakhiri"),
        "people.second_factor_on": _("Kode masuk dari aplikasi diaktifkan"),
        "people.second_factor_off": _("Kode masuk dari aplikasi dimatikan"),
        "people.recovery_code_used": _("Kode cadangan dipakai"),
        "people.export_person": _("Salinan data diunduh"),
        "programmes.change_attendance": _("Catatan hadir diubah"),
        "assessment.extend": _("Waktu kuis ditambah"),
        "assessment.mark": _("Jawaban uraian dinilai"),
        "evidence.grade": _("Bukti dinilai"),
        "evidence.undo_grade": _("Penilaian bukti diurungkan"),
        "evidence.unlock": _("Bukti dibuka lagi untuk revisi"),
        "certificates.issue": _("Sertifikat diterbitkan"),
        "certificates.replace": _("Sertifikat diganti dengan yang baru"),
        "certificates.revoke": _("Sertifikat dicabut"),
    }
    return known.get(action) or _by_module(*action.split(".", 1))


def _by_module(owner: str, act: str) -> str:
    info = plugins().registry.plugins.get(owner)
    module = info.title.in_(str(get_locale())) if info else owner
    if act == "review":
        return str(_("Telaah di modul %(module)s", module=module))
    return str(_("Catatan di modul %(module)s", module=module))
