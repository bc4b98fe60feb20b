"""Item formats beyond the plainest: a choice for each row of a table, and matching. All pure."""

from imbas_hots_assessment.items.category_table import CATEGORY_TABLE
from imbas_hots_assessment.items.matching import MATCHING
from imbas_hots_assessment.items.true_false_table import TRUE_FALSE_TABLE

ITEM_TYPES = (TRUE_FALSE_TABLE, CATEGORY_TABLE, MATCHING)
