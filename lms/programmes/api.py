"""Public interface of this domain.

Reading: ``get_programme``, ``definition_of``, ``stages_of``, ``sessions_of``, ``schools_of``,
``enrolments``, ``enrolments_of``, ``enrolment_at``, ``jp_of``, ``deadlines``. Changing: ``create_programme``,
``apply_definition``, ``add_school``, ``enrol``, ``record_attendance``, ``move_deadline``,
``copy_programme``.
"""

from lms.programmes.apply_definition import has_work
from lms.programmes.attendance import (
    Presence,
    attendance_of_session,
    jp_of,
    record_attendance,
)
from lms.programmes.attendance_sheet import Tally, totals
from lms.programmes.deadlines import ON_SERVICE, Deadlines, deadlines, move_deadline
from lms.programmes.definition import Definition, Participant, parse
from lms.programmes.definition_service import apply_definition, copy_programme, create_programme
from lms.programmes.enrolment import add_school, enrol
from lms.programmes.errors import DefinitionFault
from lms.programmes.events import ATTENDANCE_RECORDED, DEFINITION_APPLIED, ENROLLED, SCHOOL_KIND_CHANGED
from lms.programmes.lifecycle import refuse_closed, set_status
from lms.programmes.listeners import Effect, ProgrammeListener
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
from lms.programmes.queries import (
    choose,
    count_schools,
    current_stage,
    definition_of,
    enrolment_at,
    enrolment_in,
    enrolment_of,
    enrolments,
    enrolments_of,
    get_enrolment,
    get_programme,
    get_stage,
    hold_schools,
    model_schools,
    participant_counts,
    place_of_programme,
    place_of_stage,
    programme_of_stage,
    programmes_of_agencies,
    schools_of,
    sessions_of,
    stages_of,
    started_programmes,
)
from lms.programmes.rules import AttendanceStatus, stage_progress
from lms.programmes.yaml_document import dump_yaml, load_yaml

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
    "parse",
    "participant_counts",
    "place_of_programme",
    "place_of_stage",
    "programme_of_stage",
    "programmes_of_agencies",
    "record_attendance",
    "refuse_closed",
    "schools_of",
    "sessions_of",
    "set_status",
    "stage_progress",
    "stages_of",
    "started_programmes",
    "totals",
]
