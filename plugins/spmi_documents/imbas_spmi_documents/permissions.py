"""Who may read and write a school's report, mapping, plan and document checklist."""

from lms.api import Permission, Reach, Role

_WRITERS = (
    (Role.QUALITY_TEAM, Reach.SCHOOL),
    (Role.HEADMASTER, Reach.SCHOOL),
    (Role.OPERATOR, Reach.SCHOOL),
)
_READERS = (
    *_WRITERS,
    (Role.TEACHER, Reach.SCHOOL),
    (Role.FACILITATOR, Reach.ASSIGNED),
    (Role.SUPERVISOR, Reach.ASSIGNED),
    (Role.GRADER, Reach.ASSIGNED),
    (Role.ADMIN, Reach.AGENCY),
    (Role.AGENCY_HEAD, Reach.AGENCY),
)

PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        "spmi_documents.view",
        "Read a school's quality report, mapping, plan and document checklist.",
        _READERS,
    ),
    Permission(
        "spmi_documents.edit",
        "Write a school's quality report, mapping, plan and document checklist.",
        _WRITERS,
    ),
    Permission(
        "spmi_documents.export",
        "Download the quality reports of schools.",
        ((Role.ADMIN, Reach.AGENCY), (Role.AGENCY_HEAD, Reach.AGENCY)),
    ),
)
