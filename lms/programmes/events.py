"""Facts of programmes."""

from lms.contract.events import EventType

DEFINITION_APPLIED = "programmes.definition_applied.v1"
ENROLLED = "programmes.enrolled.v1"
ATTENDANCE_RECORDED = "programmes.attendance_recorded.v1"
DEADLINE_MOVED = "programmes.deadline_moved.v1"
SCHOOL_KIND_CHANGED = "programmes.school_kind_changed.v1"

EVENT_TYPES = (
    EventType(DEFINITION_APPLIED, "A definition came into force. Payload: programme_id."),
    EventType(ENROLLED, "People were enrolled. Payload: programme_id, enrolment_ids."),
    EventType(ATTENDANCE_RECORDED, "Attendance was written. Payload: programme_id, enrolment_ids."),
    EventType(DEADLINE_MOVED, "A deadline was moved for a school. Payload: programme_id, school_id."),
    EventType(
        SCHOOL_KIND_CHANGED,
        "A school became a model school, or one no longer. Payload: programme_id, school_id.",
    ),
)
