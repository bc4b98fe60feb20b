"""Who may write, hand in, read and review a school's flagship plan."""

from lms.api import Permission, Reach, Role

_WRITERS = (
    (Role.QUALITY_TEAM, Reach.SCHOOL),
    (Role.HEADMASTER, Reach.SCHOOL),
    (Role.OPERATOR, Reach.SCHOOL),
)
_REVIEWERS = (
    (Role.FACILITATOR, Reach.ASSIGNED),
    (Role.GRADER, Reach.ASSIGNED),
)

PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        "program_unggulan.view",
        "Read a school's flagship plan, its measurements and reviews.",
        (
            *_WRITERS,
            *_REVIEWERS,
            (Role.TEACHER, Reach.SCHOOL),
            (Role.SUPERVISOR, Reach.ASSIGNED),
            (Role.ADMIN, Reach.AGENCY),
            (Role.AGENCY_HEAD, Reach.AGENCY),
        ),
    ),
    Permission("program_unggulan.edit", "Write a school's flagship plan and its measurements.", _WRITERS),
    Permission(
        "program_unggulan.hand_in",
        "Hand a school's flagship plan in for review, or take it back.",
        ((Role.QUALITY_TEAM, Reach.SCHOOL), (Role.HEADMASTER, Reach.SCHOOL)),
    ),
    Permission("program_unggulan.review", "Review a school's flagship plan.", _REVIEWERS),
)
