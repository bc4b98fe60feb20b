"""Facts of completion."""

from lms.contract.events import EventType

STAGE_COMPLETED = "completion.stage_completed.v1"
PROGRAMME_COMPLETED = "completion.programme_completed.v1"

EVENT_TYPES = (
    EventType(
        STAGE_COMPLETED, "A stage became complete. Payload: programme_id, school_id, enrolment_id, stage_id."
    ),
    EventType(
        PROGRAMME_COMPLETED, "The programme became complete. Payload: programme_id, school_id, enrolment_id."
    ),
)
