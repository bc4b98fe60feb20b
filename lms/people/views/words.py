"""Words for roles and for what stands in the trail, in the viewer's language."""

from flask_babel import gettext as _

from lms.contract.actors import Role


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
    """What was done, for the person concerned; by its domain when there is no better word."""
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
    }
    domains: dict[str, str] = {
        "programmes": _("Catatan program atau kehadiran berubah"),
        "assessment": _("Nilai kuis dicatat atau berubah"),
        "evidence": _("Bukti dinilai atau berubah"),
        "certificates": _("Sertifikat diterbitkan atau berubah"),
    }
    return known.get(action) or domains.get(action.partition(".")[0]) or str(_("Catatan lain"))
