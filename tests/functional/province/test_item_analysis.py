"""Invented people differ as real ones do: the module's own analysis finds the quizzes reliable, and weak items."""

from decimal import Decimal

import pytest

from lms.assessment import api as assessment
from lms.platform.db import db
from lms.programmes import api as programmes
from tests.functional.province.conftest import Province

pytestmark = [pytest.mark.modules, pytest.mark.slow]


def test_quizzes_are_reliable_and_some_items_are_not(large: Province) -> None:
    from imbas_hots_assessment import analysis
    from imbas_hots_assessment.frameworks import band_of
    from imbas_hots_assessment.settings import AnalysisLimits

    with large.app.app_context():
        stages = [stage.id for stage in programmes.stages_of(db.session(), large.programme_id)]
        results = [
            analysis.compute(db.session(), programme_id=large.programme_id, quiz_id=quiz.id)
            for quiz in assessment.quizzes_of(db.session(), stages)
        ]
        db.session.remove()
    taken = [result for result in results if result["participants"] >= AnalysisLimits().few]
    assert taken
    for result in taken:
        assert Decimal("0.60") <= Decimal(result["alpha"]) <= Decimal("0.90")
    labels = [
        band_of("discrimination", "ebel", Decimal(item["discrimination"])).code
        for result in taken
        for item in result["items"]
        if item["discrimination"] is not None
    ]
    poor = sum(label in ("poor", "negative") for label in labels)
    assert 0 < poor <= len(labels) // 4
