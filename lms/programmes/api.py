"""Public interface of this domain: what other domains read and change of programmes."""

from lms.programmes.attendance.attendance_sheet import Tally, totals
from lms.programmes.attendance.recording import Presence, attendance_of_session, jp_of, record_attendance
from lms.programmes.definition.adoption import adopt_section, rewrite_definitions
from lms.programmes.definition.document import Definition, Participant, parse
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.queries import (
    definition_of,
    get_programme,
    place_of_programme,
    programme_section,
    programmes_of_agencies,
    started_programmes,
)
from lms.programmes.definition.yaml_document import dump_yaml, load_yaml
from lms.programmes.editing.apply_definition import has_work
from lms.programmes.editing.definition_service import apply_definition, copy_programme, create_programme
from lms.programmes.editing.lifecycle import refuse_closed, set_status
from lms.programmes.editing.listeners import Effect, ProgrammeListener
from lms.programmes.enrolment.enrolling import add_school, enrol
from lms.programmes.enrolment.queries import (
    choose,
    count_schools,
    enrolment_at,
    enrolment_in,
    enrolment_of,
    enrolments,
    enrolments_of,
    get_enrolment,
    hold_schools,
    model_schools,
    next_school_ids,
    participant_counts,
    schools_of,
)
from lms.programmes.events import ATTENDANCE_RECORDED, DEFINITION_APPLIED, ENROLLED, SCHOOL_KIND_CHANGED
from lms.programmes.models import (
    AttendanceRecord,
    DeadlineChange,
    Enrolment,
    InServiceSession,
    Programme,
    ProgrammeSchool,
    ProgrammeStatus,
    SchoolKind,
    Stage,
)
from lms.programmes.rules import AttendanceStatus, stage_progress
from lms.programmes.schedule.deadline_decisions import move_deadline
from lms.programmes.schedule.deadlines import ON_SERVICE, Deadlines, deadlines
from lms.programmes.schedule.queries import (
    current_stage,
    get_stage,
    place_of_stage,
    programme_of_stage,
    sessions_of,
    stages_of,
)

__all__ = [
    "ATTENDANCE_RECORDED",
    "DEFINITION_APPLIED",
    "ENROLLED",
    "ON_SERVICE",
    "SCHOOL_KIND_CHANGED",
    "AttendanceRecord",
    "AttendanceStatus",
    "DeadlineChange",
    "Deadlines",
    "Definition",
    "DefinitionFault",
    "Effect",
    "Enrolment",
    "InServiceSession",
    "Participant",
    "Presence",
    "Programme",
    "ProgrammeListener",
    "ProgrammeSchool",
    "ProgrammeStatus",
    "SchoolKind",
    "Stage",
    "Tally",
    "add_school",
    "adopt_section",
    "apply_definition",
    "attendance_of_session",
    "choose",
    "copy_programme",
    "count_schools",
    "create_programme",
    "current_stage",
    "deadlines",
    "definition_of",
    "dump_yaml",
    "enrol",
    "enrolment_at",
    "enrolment_in",
    "enrolment_of",
    "enrolments",
    "enrolments_of",
    "get_enrolment",
    "get_programme",
    "get_stage",
    "has_work",
    "hold_schools",
    "jp_of",
    "load_yaml",
    "model_schools",
    "move_deadline",
    "next_school_ids",
    "parse",
    "participant_counts",
    "place_of_programme",
    "place_of_stage",
    "programme_of_stage",
    "programme_section",
    "programmes_of_agencies",
    "record_attendance",
    "refuse_closed",
    "rewrite_definitions",
    "schools_of",
    "sessions_of",
    "set_status",
    "stage_progress",
    "stages_of",
    "started_programmes",
    "totals",
]
