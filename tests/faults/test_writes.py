"""People write answers, forms, lists and evidence while everything is killed: nothing is lost, nothing doubled.

The small size of ``python -m bench kills`` (requirement R1).
"""

import pytest

from bench.installation import running
from bench.kills import KILLED, endure

pytestmark = [pytest.mark.slow, pytest.mark.modules]
WRITES = 200


def test_no_acknowledged_write_is_lost_or_doubled(database_kind: str) -> None:
    with running(database_kind, schools=4, workers=1) as site:
        ordeal = endure(site, cycles=8, writes=WRITES)
    assert ordeal.log.faults == []
    assert ordeal.killed == dict.fromkeys(KILLED, 2)
    assert ordeal.log.acknowledged.total() >= WRITES
    assert len(ordeal.sums) == 12
    assert [line for line in ordeal.sums if line.lost or line.doubled] == []
    assert ordeal.log.repeated, "nobody met a server that was away"
