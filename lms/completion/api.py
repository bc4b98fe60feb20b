"""The door of this domain: recompute, and read where everybody stands."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lms.completion import rules
from lms.completion.events import PROGRAMME_COMPLETED, STAGE_COMPLETED
from lms.completion.gather import Gathered, StageFacts, gather
from lms.completion.models import CompletionState
from lms.contract.events import Fact
from lms.contract.modules import CompletionRule, Phase, RuleSubject, Unit
from lms.contract.numbers import rounded
from lms.contract.text import Text
from lms.platform.outbox import emit
from lms.platform.plugins import registry
from lms.programmes import api as programmes

__all__ = [
    "PROGRAMME_COMPLETED",
    "STAGE_COMPLETED",
    "CompletionState",
    "programme_states",
    "ready_counts",
    "recompute",
    "states_of_enrolment",
    "states_of_schools",
]

log = logging.getLogger(__name__)
CHUNK = 100
"""Schools evaluated at once."""

Key = tuple[int, int, int, str]
"""school, enrolment (0: the school), stage (0: the programme), phase ("": the stage)."""


def recompute(
    session: Session, *, programme_id: int, school_ids: Sequence[int] | None = None, now: datetime
) -> int:
    """Evaluate schools and their participants afresh; the number of rows that changed.

    Running it twice changes nothing the second time.
    """
    if school_ids is None:
        school_ids = [school.id for school, _kind in programmes.schools_of(session, programme_id)]
    changed = 0
    for start in range(0, len(school_ids), CHUNK):
        some = school_ids[start : start + CHUNK]
        found = gather(session, programme_id=programme_id, school_ids=some, now=now)
        changed += _store(session, programme_id, some, _evaluate(session, found), now)
    return changed


def states_of_enrolment(session: Session, enrolment_id: int) -> list[CompletionState]:
    """Where one participant stands: programme, stages, phases."""
    return list(session.scalars(select(CompletionState).where(CompletionState.enrolment_id == enrolment_id)))


def states_of_schools(
    session: Session, *, programme_id: int, school_ids: Sequence[int]
) -> list[CompletionState]:
    """Where schools stand (their own rows, not their people's)."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        CompletionState.school_id.in_(school_ids),
        CompletionState.enrolment_id == 0,
    )
    return list(session.scalars(query))


def programme_states(
    session: Session, *, programme_id: int, met: bool | None = None, limit: int | None = None, offset: int = 0
) -> list[CompletionState]:
    """Programme rows of participants, by school; ``met`` keeps those who are ready (or not)."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        CompletionState.stage_id == 0,
        CompletionState.enrolment_id != 0,
    )
    if met is not None:
        query = query.where(CompletionState.met.is_(met))
    query = query.order_by(CompletionState.school_id, CompletionState.enrolment_id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def ready_counts(session: Session, *, programme_id: int) -> dict[tuple[int, int], tuple[int, int]]:
    """(complete, all) participants by (school, stage); stage 0 is the programme. One query."""
    rows = session.execute(
        select(
            CompletionState.school_id,
            CompletionState.stage_id,
            func.count(),
            func.count().filter(CompletionState.met.is_(True)),
        )
        .where(
            CompletionState.programme_id == programme_id,
            CompletionState.enrolment_id != 0,
            CompletionState.phase == "",
        )
        .group_by(CompletionState.school_id, CompletionState.stage_id)
    )
    return {(school_id, stage_id): (met, everybody) for school_id, stage_id, everybody, met in rows}


def _evaluate(session: Session, found: Gathered) -> dict[Key, tuple[rules.Verdict, dict[str, Any]]]:
    verdicts: dict[Key, tuple[rules.Verdict, dict[str, Any]]] = {}
    extra = _plugin_outcomes(session, found)
    for enrolment in found.enrolments:
        _evaluate_person(found, enrolment, extra, verdicts)
    for school_id in sorted({school_id for school_id, _stage in found.schools}):
        _evaluate_school(found, school_id, extra, verdicts)
    return verdicts


def _evaluate_person(
    found: Gathered, enrolment: programmes.Enrolment, extra: Any, verdicts: dict[Key, Any]
) -> None:
    passing = found.definition.passing
    stages = []
    for stage in found.stages:
        facts = found.people[enrolment.id, stage.id]
        taught = [rules.attendance(facts.jp, passing.attendance_percent), *map(rules.quiz, facts.quizzes)]
        made = [rules.product(fact, owner="teacher") for fact in facts.products if fact.mandatory]
        subject = (enrolment.school_id, enrolment.id, stage.id)
        phases = {
            Phase.IN_SERVICE: rules.combine([*taught, *extra.get((*subject, Phase.IN_SERVICE), ())]),
            Phase.ON_SERVICE: rules.combine([*made, *extra.get((*subject, Phase.ON_SERVICE), ())]),
        }
        for phase, verdict in phases.items():
            verdicts[(*subject, phase.value)] = (verdict, {})
        stages.append(rules.join(list(phases.values())))
        verdicts[(*subject, "")] = (stages[-1], {})
    score = _score(found, enrolment)
    whole = rules.join([*stages, rules.combine([rules.passing(score, passing.final_minimum)])])
    verdicts[enrolment.school_id, enrolment.id, 0, ""] = (whole, _plain_score(score))


def _evaluate_school(found: Gathered, school_id: int, extra: Any, verdicts: dict[Key, Any]) -> None:
    people = [row.id for row in found.enrolments if row.school_id == school_id]
    stages = []
    for stage in found.stages:
        phases = {}
        made = [
            rules.product(fact, owner="quality_team")
            for fact in found.schools[school_id, stage.id].products
            if fact.mandatory
        ]
        for phase, own in ((Phase.IN_SERVICE, []), (Phase.ON_SERVICE, made)):
            complete = sum(verdicts[school_id, person, stage.id, phase.value][0].met for person in people)
            gate = found.definition.passing.school_share_percent
            outcomes = [*own, rules.people_complete(complete, len(people), gate)]
            phases[phase] = rules.combine([*outcomes, *extra.get((school_id, 0, stage.id, phase), ())])
            verdicts[school_id, 0, stage.id, phase.value] = (phases[phase], {})
        stages.append(rules.join(list(phases.values())))
        verdicts[school_id, 0, stage.id, ""] = (stages[-1], {})
    verdicts[school_id, 0, 0, ""] = (rules.join(stages), {})


def _score(found: Gathered, enrolment: programmes.Enrolment) -> rules.FinalScore:
    facts = [found.people[enrolment.id, stage.id] for stage in found.stages]
    products = [fact for entry in facts for fact in entry.products]
    if not any(fact.mandatory for fact in products):
        # headmasters and TPMPS make the school's products, so these count for them
        products = [
            fact
            for stage in found.stages
            for fact in found.schools.get((enrolment.school_id, stage.id), StageFacts()).products
        ]
    passing = found.definition.passing
    return rules.final_score(
        jp=[entry.jp for entry in facts],
        quizzes=[fact for entry in facts for fact in entry.quizzes],
        products=products,
        weights=(passing.weights.activity, passing.weights.quizzes, passing.weights.products),
        predicates=[(entry.label, entry.minimum) for entry in passing.predicates],
    )


def _plugin_outcomes(
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


def _store(
    session: Session,
    programme_id: int,
    school_ids: Sequence[int],
    verdicts: dict[Key, tuple[rules.Verdict, dict[str, Any]]],
    now: datetime,
) -> int:
    known = {
        (row.school_id, row.enrolment_id, row.stage_id, row.phase): row
        for row in session.scalars(
            select(CompletionState).where(
                CompletionState.programme_id == programme_id, CompletionState.school_id.in_(school_ids)
            )
        )
    }
    new: list[dict[str, Any]] = []
    changed = 0
    for key, (verdict, scores) in verdicts.items():
        values = {
            "met": verdict.met,
            "fraction": verdict.fraction,
            "reasons": _reasons(verdict),
            "scores": scores,
        }
        row = known.pop(key, None)
        if row is None:
            names = dict(zip(("school_id", "enrolment_id", "stage_id", "phase"), key, strict=True))
            new.append({"programme_id": programme_id, "changed_at": now, **names, **values})
            _say(session, programme_id, key, was=False, verdict=verdict, now=now)
        elif any(getattr(row, name) != value for name, value in values.items()):
            _say(session, programme_id, key, was=row.met, verdict=verdict, now=now)
            for name, value in values.items():
                setattr(row, name, value)
            row.changed_at = now
            changed += 1
    if new:
        session.execute(insert(CompletionState), new)
    for row in known.values():
        session.delete(row)
    session.flush()
    return changed + len(new) + len(known)


def _say(
    session: Session, programme_id: int, key: Key, *, was: bool, verdict: rules.Verdict, now: datetime
) -> None:
    school_id, enrolment_id, stage_id, phase = key
    if was or not verdict.met or phase:
        return
    payload = {"programme_id": programme_id, "school_id": school_id, "enrolment_id": enrolment_id}
    if stage_id:
        emit(session, Fact(STAGE_COMPLETED, now, {**payload, "stage_id": stage_id}))
    else:
        emit(session, Fact(PROGRAMME_COMPLETED, now, payload))


def _reasons(verdict: rules.Verdict) -> list[dict[str, str]]:
    return [
        {"rule": entry.rule, "id": entry.reason.id, "en": entry.reason.en, "who": entry.who}
        for entry in verdict.outcomes
        if not entry.met
    ]


def _plain_score(score: rules.FinalScore) -> dict[str, Any]:
    return {
        "activity": str(score.activity), "quizzes": str(score.quizzes), "products": str(score.products),
        "final": str(score.final), "predicate": score.predicate, "provisional": score.provisional,
    }  # fmt: skip
