"""Rules that plugins bring and a definition demands; one that fails counts as not met."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lms.completion import rules
from lms.completion.facts import Gathered
from lms.contract.modules import CompletionRule, Phase, RuleResult, RuleSubject, Unit
from lms.contract.numbers import rounded
from lms.contract.text import message, verbatim
from lms.platform.plugins import plugins, registry
from lms.platform.transaction import savepoint_if_writing
from lms.programmes import api as programmes

PluginOutcomes = dict[tuple[int, int | None, int, Phase], list[rules.Outcome]]
"""By school, enrolment (None: the school), stage and phase."""


def plugin_outcomes(session: Session, found: Gathered, unit: Unit) -> PluginOutcomes:
    """What the demanded rules of plugins say about people, or about schools."""
    outcomes: PluginOutcomes = {}
    for stage, spec in zip(found.stages, found.definition.stages, strict=True):
        for demanded in spec.rules:
            for rule in _rules(demanded.rule):
                if rule.unit is not unit:
                    continue
                subjects = _subjects(found, stage.id, rule.unit)
                for subject, outcome in zip(
                    subjects, _ask(session, rule, subjects, demanded.params), strict=True
                ):
                    key = (subject.school_id, subject.enrolment_id, stage.id, rule.phase)
                    outcomes.setdefault(key, []).append(outcome)
    return outcomes


def rule_params(session: Session, *, programme_id: int, key: str) -> Mapping[str, Any]:
    """What a programme demands of a plugin's rule; the rule's own defaults where it says nothing."""
    defaults = registry().completion_rules[key].defaults
    definition = programmes.definition_of(programmes.get_programme(session, programme_id))
    demanded = (entry for stage in definition.stages for entry in stage.rules if entry.rule == key)
    first = next(demanded, None)
    return {**defaults, **first.params} if first else defaults


def _rules(key: str) -> tuple[CompletionRule, ...]:
    """The rule; when its plugin is gone nobody knows whom it asked, so nobody has met it."""
    rule = registry().completion_rules.get(key)
    return (rule,) if rule else tuple(_gone(key, unit) for unit in Unit)


def _gone(key: str, unit: Unit) -> CompletionRule:
    """A demand of the programme is not waived by uninstalling who could check it."""
    reason = message("Aturan %(key)s belum dapat diperiksa karena modulnya tidak terpasang", key=key)
    return CompletionRule(
        key=key,
        title=verbatim(key),
        unit=unit,
        phase=Phase.ON_SERVICE,
        gather=lambda _session, subjects: ({},) * len(subjects),
        evaluate=lambda _fact, _params: RuleResult(
            met=False, reason=reason, fraction=Decimal(0), who="admin"
        ),
    )


def _subjects(found: Gathered, stage_id: int, unit: Unit) -> tuple[RuleSubject, ...]:
    programme_id = found.programme.id
    if unit is Unit.TEACHER:
        return tuple(
            RuleSubject(programme_id, stage_id, row.school_id, row.id, row.person_id)
            for row in found.enrolments
        )
    schools = sorted({school_id for school_id, _stage in found.schools})
    return tuple(RuleSubject(programme_id, stage_id, school_id, None) for school_id in schools)


def _ask(
    session: Session, rule: CompletionRule, subjects: tuple[RuleSubject, ...], params: dict[str, Any]
) -> Iterable[rules.Outcome]:
    wanted = {**rule.defaults, **params}
    try:
        with savepoint_if_writing(session):
            facts = rule.gather(session, subjects)
        results = [rule.evaluate(fact, wanted) for fact in facts]
        return [
            rules.Outcome(rule.key, result.met, rounded(result.fraction, 4), result.reason, result.who)
            for result, _subject in zip(results, subjects, strict=True)
        ]
    except Exception as error:
        plugins().failures.add(rule.key.partition(".")[0], f"rule {rule.key}", error)
        broken = message("Aturan %(title)s gagal diperiksa; admin sudah diberi tahu", title=rule.title)
        return [
            rules.Outcome(rule.key, met=False, fraction=Decimal(0), reason=broken, who="admin")
            for _ in subjects
        ]
