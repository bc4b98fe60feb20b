"""Everything is killed while a batch of certificates is issued: no twin, no gap, every file whole.

The small size of ``python -m bench certificates --kills`` (requirement R8).
"""

import pytest
from imbas_demo.story import STORY_ENDS

from bench.certificates import register_under_kills
from bench.installation import running
from bench.kills import KILLED

pytestmark = [pytest.mark.slow, pytest.mark.modules]
COUNT = 60


def test_a_batch_under_kills_leaves_a_register_without_twins_and_gaps(database_kind: str) -> None:
    with running(database_kind, schools=4, workers=1, moment=STORY_ENDS) as site:
        found = register_under_kills(site, count=COUNT, cycles=8)
    assert found.ordeal.log.faults == []
    assert found.ordeal.killed == dict.fromkeys(KILLED, 2)
    assert found.issued >= COUNT
    assert (found.twins, found.gaps, found.without_file, found.problems, found.unrecorded) == (0, 0, 0, 0, 0)
