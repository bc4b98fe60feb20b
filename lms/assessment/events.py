"""Facts of assessment."""

from lms.contract.events import EventType

SUBMITTED = "assessment.attempt_submitted.v1"
SCORED = "assessment.attempt_scored.v1"
RESCORING_ASKED = "assessment.rescoring_asked.v1"

EVENT_TYPES = (
    EventType(SUBMITTED, "Answers are frozen. Payload: attempt_id."),
    EventType(RESCORING_ASKED, "A slice of a rescoring is to be worked on. Payload: rescoring_id."),
    EventType(
        SCORED, "A score is new, provisional or final. Payload: attempt_id, programme_id, enrolment_id."
    ),
)
