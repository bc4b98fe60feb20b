"""Who may write, read and review item cards, and who may see an item analysis."""

from lms.api import Permission, Reach, Role

_WRITERS = (Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER)
_AT_SCHOOL = tuple((role, Reach.SCHOOL) for role in _WRITERS)
_COACHES = (
    (Role.FACILITATOR, Reach.ASSIGNED),
    (Role.SUPERVISOR, Reach.ASSIGNED),
    (Role.GRADER, Reach.ASSIGNED),
)
_AGENCY = ((Role.ADMIN, Reach.AGENCY), (Role.AGENCY_HEAD, Reach.AGENCY))

PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        "hots_assessment.view",
        "Read one's own item cards, and those that colleagues of the school have submitted.",
        (*_AT_SCHOOL, *_COACHES, *_AGENCY),
    ),
    Permission(
        "hots_assessment.create",
        "Write the head of one's own blueprint and begin an item card.",
        _AT_SCHOOL,
    ),
    Permission(
        "hots_assessment.write",
        "Change, submit and remove one's own item card.",
        tuple((role, Reach.OWN) for role in _WRITERS),
    ),
    Permission(
        "hots_assessment.review",
        "Review an item card that somebody else has submitted.",
        (*_AT_SCHOOL, (Role.FACILITATOR, Reach.ASSIGNED)),
    ),
    Permission(
        "hots_assessment.analyse",
        "See the item analysis of a programme's quizzes, without names.",
        (
            *_AGENCY,
            (Role.GRADER, Reach.ASSIGNED),
            (Role.FACILITATOR, Reach.ASSIGNED),
        ),
    ),
)
