"""Rules that plugins bring and a definition demands; one that fails counts as not met."""

import logging
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lms.completion import rules
from lms.completion.gather import Gathered
from lms.contract.modules import CompletionRule, Phase, RuleSubject, Unit
from lms.contract.numbers import rounded
from lms.contract.text import Text
from lms.platform.plugins import registry

log = logging.getLogger(__name__)


def plugin_outcomes(
    session: Session, found: Gathered
) -> dict[tuple[int, int, int, Phase], list[rules.Outcome]]:
    """Rules that plugins bring and the definition demands; one that fails counts as not met."""
    outcomes: dict[tuple[int, int, int, Phase], list[rules.Outcome]] = {}
    for stage, spec in zip(found.stages, found.definition.stages, strict=True):
        for demanded in spec.rules:
            rule = registry().completion_rules.get(demanded.rule)
            if rule is None:
                continue
            subjects = _subjects(found, stage.id, rule.unit)
            for subject, outcome in zip(
                subjects, _ask(session, rule, subjects, demanded.params), strict=True
            ):
                key = (subject.school_id, subject.enrolment_id or 0, stage.id, rule.phase)
                outcomes.setdefault(key, []).append(outcome)
    return outcomes


def _subjects(found: Gathered, stage_id: int, unit: Unit) -> tuple[RuleSubject, ...]:
    programme_id = found.programme.id
    if unit is Unit.TEACHER:
        return tuple(RuleSubject(programme_id, stage_id, row.school_id, row.id) for row in found.enrolments)
    schools = sorted({school_id for school_id, _stage in found.schools})
    return tuple(RuleSubject(programme_id, stage_id, school_id, None) for school_id in schools)


def _ask(
    session: Session, rule: CompletionRule, subjects: tuple[RuleSubject, ...], params: dict[str, Any]
) -> Iterable[rules.Outcome]:
    wanted = {**rule.defaults, **params}
    try:
        with session.begin_nested():
            facts = rule.gather(session, subjects)
        results = [rule.evaluate(fact, wanted) for fact in facts]
        return [
            rules.Outcome(rule.key, result.met, rounded(result.fraction, 4), result.reason, result.who)
            for result in results
        ]
    except Exception:
        log.exception("completion rule %s failed", rule.key)
        broken = Text(
            f"Aturan {rule.title.id} gagal diperiksa; admin sudah diberi tahu",
            f"The rule {rule.title.en} could not be checked; the admin was told",
        )
        return [
            rules.Outcome(rule.key, met=False, fraction=Decimal(0), reason=broken, who="admin")
            for _ in subjects
        ]
