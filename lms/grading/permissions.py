"""What each role may do with the queue; the pieces themselves: evidence.grade, assessment.mark."""

from lms.contract.actors import Permission, Reach, Role

PERMISSIONS = (Permission("grading.queue", "See how much waits for grading.", ((Role.GRADER, Reach.ANY),)),)
