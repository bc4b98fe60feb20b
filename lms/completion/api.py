"""Public interface of this domain: recompute, and read where everybody stands."""

from lms.completion.models import CompletionState
from lms.completion.plugin_rules import rule_params
from lms.completion.queries import (
    people_counts,
    programme_counts,
    programme_states,
    schools_through,
    stage_states,
    states_of_enrolment,
    states_of_schools,
)
from lms.completion.recompute import recompute, recompute_people

__all__ = [
    "CompletionState",
    "people_counts",
    "programme_counts",
    "programme_states",
    "recompute",
    "recompute_people",
    "rule_params",
    "schools_through",
    "stage_states",
    "states_of_enrolment",
    "states_of_schools",
]
