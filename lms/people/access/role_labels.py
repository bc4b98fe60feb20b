"""What each role is called, in the viewer's language."""

from flask_babel import lazy_gettext as N_  # noqa: N812 - the name that pybabel looks for

from lms.contract.actors import Role


def role_words(role: Role) -> str:
    """A role as people call it."""
    return str(_ROLES[role])


_ROLES = {
    Role.TEACHER: N_("Guru"),
    Role.QUALITY_TEAM: N_("Anggota TPMPS"),
    Role.HEADMASTER: N_("Kepala sekolah"),
    Role.OPERATOR: N_("Operator sekolah"),
    Role.FACILITATOR: N_("Fasilitator"),
    Role.SUPERVISOR: N_("Pengawas"),
    Role.GRADER: N_("Penilai"),
    Role.ADMIN: N_("Admin"),
    Role.AGENCY_HEAD: N_("Pimpinan"),
    Role.EDUCATION_OFFICE: N_("Dinas Pendidikan"),
}
