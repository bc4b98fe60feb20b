"""The door of this domain: recompute, and read where everybody stands."""

from lms.completion.events import PROGRAMME_COMPLETED, STAGE_COMPLETED
from lms.completion.models import CompletionState
from lms.completion.plugin_rules import rule_params
from lms.completion.reading import (
    programme_states,
    ready_counts,
    stage_states,
    states_of_enrolment,
    states_of_schools,
)
from lms.completion.recomputing import recompute, recompute_people

__all__ = [
    "PROGRAMME_COMPLETED",
    "STAGE_COMPLETED",
    "CompletionState",
    "programme_states",
    "ready_counts",
    "recompute",
    "recompute_people",
    "rule_params",
    "stage_states",
    "states_of_enrolment",
    "states_of_schools",
]
