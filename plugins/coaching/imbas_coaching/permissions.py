"""Who reads when a school is coached, and about what."""

from lms.api import Permission, Reach, Role

VIEW = "coaching.view"
PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        VIEW,
        "Read when a school is coached, and about what.",
        (
            (Role.QUALITY_TEAM, Reach.SCHOOL),
            (Role.HEADMASTER, Reach.SCHOOL),
            (Role.OPERATOR, Reach.SCHOOL),
            (Role.FACILITATOR, Reach.ASSIGNED),
            (Role.SUPERVISOR, Reach.ASSIGNED),
            (Role.ADMIN, Reach.AGENCY),
            (Role.AGENCY_HEAD, Reach.AGENCY),
        ),
    ),
)
