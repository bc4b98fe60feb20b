"""Who may write, read and review lesson plans."""

from lms.api import Permission, Reach, Role

_WRITERS = (Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER)
_REVIEWERS = (
    (Role.HEADMASTER, Reach.SCHOOL),
    (Role.FACILITATOR, Reach.ASSIGNED),
)
_READERS = (
    *_REVIEWERS,
    (Role.SUPERVISOR, Reach.ASSIGNED),
    (Role.GRADER, Reach.ASSIGNED),
    (Role.ADMIN, Reach.AGENCY),
)

PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        "lesson_planning.board",
        "Open the page of lesson plans of a school: own plans, or all for who may read them.",
        (*((role, Reach.SCHOOL) for role in _WRITERS if role is not Role.HEADMASTER), *_READERS),
    ),
    Permission(
        "lesson_planning.create",
        "Begin or copy a lesson plan in one's school.",
        tuple((role, Reach.SCHOOL) for role in _WRITERS),
    ),
    Permission(
        "lesson_planning.view",
        "Read a lesson plan and its reviews.",
        (*((role, Reach.OWN) for role in _WRITERS), *_READERS),
    ),
    Permission(
        "lesson_planning.write",
        "Write, hand in and remove one's own lesson plan.",
        tuple((role, Reach.OWN) for role in _WRITERS),
    ),
    Permission("lesson_planning.review", "Review a lesson plan of a colleague.", _REVIEWERS),
)
