"""The plainest kinds of item; plugins bring others. All pure."""

from lms.assessment.items.choice import MC_MULTIPLE, MC_SINGLE
from lms.assessment.items.written import ESSAY, SHORT_ANSWER

ITEM_TYPES = (MC_SINGLE, MC_MULTIPLE, SHORT_ANSWER, ESSAY)
