"""Who sees overviews."""

from lms.contract.actors import Permission, Reach, Role

PERMISSIONS = (
    Permission(
        "reports.behind",
        "See who of a school is behind, and remind them.",
        (
            (Role.QUALITY_TEAM, Reach.SCHOOL),
            (Role.HEADMASTER, Reach.SCHOOL),
            (Role.OPERATOR, Reach.SCHOOL),
            (Role.FACILITATOR, Reach.ASSIGNED),
            (Role.ADMIN, Reach.AGENCY),
        ),
    ),
    Permission(
        "reports.control_room",
        "See the agency's control room.",
        ((Role.ADMIN, Reach.AGENCY), (Role.AGENCY_HEAD, Reach.AGENCY)),
    ),
    Permission(
        "reports.export",
        "Download overviews.",
        ((Role.ADMIN, Reach.AGENCY), (Role.AGENCY_HEAD, Reach.AGENCY)),
    ),
    Permission("reports.retry", "Send failed work round again.", ((Role.ADMIN, Reach.AGENCY),)),
)
