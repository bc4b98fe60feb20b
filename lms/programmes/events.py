"""Facts of programmes."""

from lms.contract.events import EventType

DEFINITION_APPLIED = "programmes.definition_applied.v1"
ENROLLED = "programmes.enrolled.v1"
ATTENDANCE_RECORDED = "programmes.attendance_recorded.v1"
DEADLINE_DECIDED = "programmes.deadline_decided.v1"
DEADLINE_MOVED = "programmes.deadline_moved.v2"
SCHOOL_KIND_CHANGED = "programmes.school_kind_changed.v1"

EVENT_TYPES = (
    EventType(DEFINITION_APPLIED, "A definition came into force. Payload: programme_id."),
    EventType(ENROLLED, "People were enrolled. Payload: programme_id, enrolment_ids."),
    EventType(ATTENDANCE_RECORDED, "Attendance was written. Payload: programme_id, enrolment_ids."),
    EventType(
        DEADLINE_DECIDED,
        "A deadline is to be moved, or moved back, for more schools than one transaction takes. Payload: decision_id.",
    ),
    EventType(
        DEADLINE_MOVED,
        "A deadline was moved, or moved back, for some schools, at most 100. Payload: programme_id, school_ids, decision_id.",
    ),
    EventType(
        SCHOOL_KIND_CHANGED,
        "A school became a model school, or one no longer. Payload: programme_id, school_id.",
    ),
)
