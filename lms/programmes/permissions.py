"""What each role may do with programmes."""

from lms.contract.actors import Permission, Reach, Role

_ADMIN = ((Role.ADMIN, Reach.AGENCY),)
_SCHOOL = tuple(
    (role, Reach.SCHOOL) for role in (Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR)
)
_COACHES = (
    (Role.FACILITATOR, Reach.ASSIGNED),
    (Role.SUPERVISOR, Reach.ASSIGNED),
    (Role.GRADER, Reach.ASSIGNED),
)
_OFFICE = ((Role.ADMIN, Reach.AGENCY), (Role.AGENCY_HEAD, Reach.AGENCY))

PERMISSIONS = (
    Permission("programmes.view", "See programmes, stages and schools of the agency.", _OFFICE),
    Permission("programmes.edit", "Create programmes and change their definition.", _ADMIN),
    Permission("programmes.move_deadline", "Move a deadline for one school.", _ADMIN),
    Permission(
        "programmes.view_session",
        "See sessions of a programme one takes part in.",
        (*_SCHOOL, *_COACHES, *_OFFICE),
    ),
    Permission(
        "programmes.watch_attendance",
        "See the attendance lists of a school.",
        (*_COACHES, (Role.HEADMASTER, Reach.SCHOOL), *_OFFICE),
    ),
    Permission(
        "programmes.import_attendance",
        "Read a list of who was in a video meeting.",
        ((Role.FACILITATOR, Reach.ASSIGNED), *_ADMIN),
    ),
    Permission(
        "programmes.record_attendance",
        "Write the attendance list of a school.",
        ((Role.FACILITATOR, Reach.ASSIGNED), (Role.GRADER, Reach.ASSIGNED), (Role.ADMIN, Reach.AGENCY)),
    ),
)
