"""Facts of evidence."""

from lms.contract.events import EventType

HANDED_IN = "evidence.handed_in.v1"
GRADED = "evidence.graded.v1"

EVENT_TYPES = (
    EventType(
        HANDED_IN,
        "A version was handed in. Payload: submission_id, programme_id, school_id, enrolment_id (null: the school).",
    ),
    EventType(
        GRADED,
        "A version was decided. Payload: submission_id, programme_id, school_id, enrolment_id (null: the school).",
    ),
)
