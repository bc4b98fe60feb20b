"""Facts of completion."""

from lms.contract.events import EventType

STAGE_COMPLETED = "completion.stage_completed.v1"
PROGRAMME_COMPLETED = "completion.programme_completed.v1"
EVERYBODY = "completion.evaluate_everybody.v1"

EVENT_TYPES = (
    EventType(
        EVERYBODY,
        "The next schools of a programme are to be evaluated. Payload: programme_id, after_school_id, the last one before.",
    ),
    EventType(
        STAGE_COMPLETED,
        "A stage became complete. Payload: programme_id, school_id, enrolment_id (null: the school), stage_id.",
    ),
    EventType(
        PROGRAMME_COMPLETED,
        "The programme became complete. Payload: programme_id, school_id, enrolment_id (null: the school).",
    ),
)
