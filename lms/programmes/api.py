"""The door of this domain.

Reading: ``get_programme``, ``definition_of``, ``stages_of``, ``sessions_of``, ``schools_of``,
``enrolments``, ``enrolment_of``, ``jp_of``, ``deadlines``. Changing: ``create_programme``,
``apply_definition``, ``add_school``, ``enrol``, ``record_attendance``, ``move_deadline``,
``copy_programme``.
"""

from lms.programmes.appliers import has_work
from lms.programmes.attendance import (
    Jp,
    Presence,
    attendance_of_session,
    jp_of,
    record_attendance,
)
from lms.programmes.deadlines import ON_SERVICE, Deadlines, deadlines, move_deadline
from lms.programmes.defining import apply_definition, copy_programme, create_programme
from lms.programmes.definition import Definition, Participant, parse
from lms.programmes.effects import Effect
from lms.programmes.events import ATTENDANCE_RECORDED, DEFINITION_APPLIED, ENROLLED
from lms.programmes.faults import DefinitionFault
from lms.programmes.models import (
    AttendanceRecord,
    DeadlineChange,
    Enrolment,
    InServiceSession,
    Programme,
    ProgrammeSchool,
    ProgrammeStatus,
    ProgrammeVersion,
    SchoolKind,
    Stage,
)
from lms.programmes.reading import (
    count_schools,
    current_stage,
    definition_of,
    enrolment_of,
    enrolments,
    get_enrolment,
    get_programme,
    get_stage,
    hold_schools,
    model_schools,
    participant_counts,
    place_of_programme,
    place_of_stage,
    programmes_of_agencies,
    schools_of,
    sessions_of,
    stages_of,
    versions_of,
)
from lms.programmes.register import Tally, totals
from lms.programmes.rules import AttendanceStatus, Progress, stage_progress
from lms.programmes.source import dump_yaml, load_yaml
from lms.programmes.taking_part import add_school, enrol

__all__ = [
    "ATTENDANCE_RECORDED",
    "DEFINITION_APPLIED",
    "ENROLLED",
    "ON_SERVICE",
    "AttendanceRecord",
    "AttendanceStatus",
    "DeadlineChange",
    "Deadlines",
    "Definition",
    "DefinitionFault",
    "Effect",
    "Enrolment",
    "InServiceSession",
    "Jp",
    "Participant",
    "Presence",
    "Programme",
    "ProgrammeSchool",
    "ProgrammeStatus",
    "ProgrammeVersion",
    "Progress",
    "SchoolKind",
    "Stage",
    "Tally",
    "add_school",
    "apply_definition",
    "attendance_of_session",
    "copy_programme",
    "count_schools",
    "create_programme",
    "current_stage",
    "deadlines",
    "definition_of",
    "dump_yaml",
    "enrol",
    "enrolment_of",
    "enrolments",
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
    "programmes_of_agencies",
    "record_attendance",
    "schools_of",
    "sessions_of",
    "stage_progress",
    "stages_of",
    "totals",
    "versions_of",
]
