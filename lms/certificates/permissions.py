"""What each role may do with certificates (docs/authorisation.csv)."""

from lms.contract.actors import Permission, Reach, Role

_ADMIN = ((Role.ADMIN, Reach.AGENCY),)
_OWN = ((Role.TEACHER, Reach.OWN), (Role.QUALITY_TEAM, Reach.OWN), (Role.HEADMASTER, Reach.OWN))

PERMISSIONS = (
    Permission(
        "certificates.view",
        "See who is ready, whose conditions are not met, and what was issued.",
        (*_ADMIN, (Role.AGENCY_HEAD, Reach.AGENCY)),
    ),
    Permission("certificates.issue", "Issue, replace and revoke certificates.", _ADMIN),
    Permission(
        "certificates.download",
        "Download a certificate.",
        (
            *_ADMIN,
            (Role.AGENCY_HEAD, Reach.AGENCY),
            (Role.HEADMASTER, Reach.SCHOOL),
            (Role.OPERATOR, Reach.SCHOOL),
            *_OWN,
        ),
    ),
)
