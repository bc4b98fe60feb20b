"""What each role may do with quizzes (docs/authorisation.csv)."""

from lms.contract.actors import Permission, Reach, Role

_TAKERS = tuple((role, Reach.OWN) for role in (Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER))

PERMISSIONS = (
    Permission("assessment.take", "Take a quiz and see the own result.", _TAKERS),
    Permission(
        "assessment.open_quiz",
        "Open the page of a quiz.",
        tuple((role, Reach.ANY) for role, _reach in _TAKERS),
    ),
    Permission("assessment.mark", "Mark an essay.", ((Role.GRADER, Reach.ASSIGNED),)),
    Permission("assessment.unlock", "Open final marks again, with a reason.", ((Role.ADMIN, Reach.AGENCY),)),
    Permission(
        "assessment.rescore",
        "Score stored attempts again after a rule of scoring has changed.",
        ((Role.ADMIN, Reach.AGENCY),),
    ),
    Permission(
        "assessment.reset",
        "Give extra time or another attempt, with a reason.",
        ((Role.ADMIN, Reach.AGENCY),),
    ),
)
