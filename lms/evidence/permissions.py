"""What each role may do with evidence (docs/authorisation.csv)."""

from lms.contract.actors import Permission, Reach, Role

_SCHOOL = tuple((role, Reach.SCHOOL) for role in (Role.QUALITY_TEAM, Role.HEADMASTER, Role.OPERATOR))
_READERS = (
    (Role.FACILITATOR, Reach.ASSIGNED),
    (Role.SUPERVISOR, Reach.ASSIGNED),
    (Role.GRADER, Reach.ASSIGNED),
)
_OWN = ((Role.TEACHER, Reach.OWN), (Role.QUALITY_TEAM, Reach.OWN), (Role.HEADMASTER, Reach.OWN))

PERMISSIONS = (
    Permission(
        "evidence.board",
        "See what a school owes and has handed in.",
        (*_SCHOOL, *_READERS, (Role.ADMIN, Reach.AGENCY), (Role.AGENCY_HEAD, Reach.AGENCY)),
    ),
    Permission(
        "evidence.view", "See a school's evidence.", (*_SCHOOL, *_READERS, *_OWN, (Role.ADMIN, Reach.AGENCY))
    ),
    Permission("evidence.upload", "Add files and a note.", (*_SCHOOL, *_OWN)),
    Permission(
        "evidence.hand_in_school",
        "Approve and hand in a school's evidence.",
        ((Role.HEADMASTER, Reach.SCHOOL),),
    ),
    Permission("evidence.hand_in_own", "Hand in one's own product.", _OWN),
    Permission(
        "evidence.give_feedback",
        "Write to a school about its evidence; no grade.",
        ((Role.HEADMASTER, Reach.SCHOOL), *_READERS),
    ),
    Permission("evidence.grade", "Grade evidence.", ((Role.GRADER, Reach.ASSIGNED),)),
    Permission(
        "evidence.unlock", "Open accepted evidence again, with a reason.", ((Role.ADMIN, Reach.AGENCY),)
    ),
)
