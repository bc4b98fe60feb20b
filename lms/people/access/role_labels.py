"""What each role is called, as a text."""

from lms.contract.actors import Role
from lms.contract.text import Text, message


def role_title(role: Role) -> Text:
    """A role as people call it."""
    return _ROLES[role]


_ROLES = {
    Role.TEACHER: message("Guru"),
    Role.QUALITY_TEAM: message("Anggota TPMPS"),
    Role.HEADMASTER: message("Kepala sekolah"),
    Role.OPERATOR: message("Operator sekolah"),
    Role.FACILITATOR: message("Fasilitator"),
    Role.SUPERVISOR: message("Pengawas"),
    Role.GRADER: message("Penilai"),
    Role.ADMIN: message("Admin"),
    Role.AGENCY_HEAD: message("Pimpinan"),
    Role.EDUCATION_OFFICE: message("Dinas Pendidikan"),
}
