"""The rules applied to gathered facts: people first, then their schools."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.completion import rules
from lms.completion.facts import Gathered, StageFacts, gather
from lms.completion.plugin_rules import PluginOutcomes, plugin_outcomes
from lms.contract.modules import Phase, Unit
from lms.programmes import api as programmes

Key = tuple[int, int | None, int | None, str]
"""school, enrolment (None: the school), stage (None: the programme), phase ("": the stage)."""


Verdicts = dict[Key, tuple[rules.Verdict, dict[str, Any]]]
"""A verdict, and what is stored beside it: scores of whole programmes, done and owed of stages and phases."""


def evaluate_everybody(
    session: Session, *, programme_id: int, school_ids: Sequence[int], now: datetime
) -> Verdicts:
    """A verdict for some schools and all their participants, from the facts of this moment."""
    people = programmes.enrolments(session, programme_id=programme_id, school_ids=school_ids)
    found = gather(session, programme_id=programme_id, school_ids=school_ids, enrolments=people, now=now)
    verdicts = evaluate_people(session, found)
    return verdicts | evaluate_schools(session, found, verdicts)


def evaluate_people(session: Session, found: Gathered) -> Verdicts:
    """A verdict for every person, stage and phase."""
    verdicts: Verdicts = {}
    extra = plugin_outcomes(session, found, Unit.TEACHER)
    for enrolment in found.enrolments:
        _evaluate_person(found, enrolment, extra, verdicts)
    return verdicts


def evaluate_schools(session: Session, found: Gathered, people: Verdicts) -> Verdicts:
    """A verdict for every school, stage and phase; of its ``people`` it counts who is complete."""
    verdicts: Verdicts = {}
    extra = plugin_outcomes(session, found, Unit.SCHOOL)
    for school_id in sorted({school_id for school_id, _stage in found.schools}):
        _evaluate_school(found, school_id, extra, people, verdicts)
    return verdicts


def _evaluate_person(
    found: Gathered, enrolment: programmes.Enrolment, extra: PluginOutcomes, verdicts: Verdicts
) -> None:
    passing = found.definition.passing
    stages = []
    for stage in found.stages:
        facts = found.people[enrolment.id, stage.id]
        taught = [rules.attendance(facts.jp, passing.attendance_percent)] if facts.jp.total else []
        taught += map(rules.material, facts.materials)
        taught += map(rules.quiz, facts.quizzes)
        made = [rules.product(fact, owner="teacher") for fact in facts.products if fact.mandatory]
        subject = (enrolment.school_id, enrolment.id, stage.id)
        phases = {
            Phase.IN_SERVICE: rules.combine([*taught, *extra.get((*subject, Phase.IN_SERVICE), ())]),
            Phase.ON_SERVICE: rules.combine([*made, *extra.get((*subject, Phase.ON_SERVICE), ())]),
        }
        for phase, verdict in phases.items():
            verdicts[(*subject, phase.value)] = (verdict, _tally(verdict))
        stages.append(rules.join(list(phases.values())))
        verdicts[(*subject, "")] = (stages[-1], _tally(stages[-1]))
    score = _score(found, enrolment)
    whole = rules.join([*stages, rules.combine([rules.passing(score, passing.final_minimum)])])
    verdicts[enrolment.school_id, enrolment.id, None, ""] = (whole, _plain_score(score))


def _evaluate_school(
    found: Gathered, school_id: int, extra: PluginOutcomes, of_people: Verdicts, verdicts: Verdicts
) -> None:
    stages = []
    for stage in found.stages:
        phases = {}
        made = [
            rules.product(fact, owner="quality_team")
            for fact in found.schools[school_id, stage.id].products
            if fact.mandatory
        ]
        for phase, own in ((Phase.IN_SERVICE, []), (Phase.ON_SERVICE, made)):
            outcomes = own + _people_complete(found, school_id, stage.id, phase, of_people)
            phases[phase] = rules.combine([*outcomes, *extra.get((school_id, None, stage.id, phase), ())])
            verdicts[school_id, None, stage.id, phase.value] = (phases[phase], _tally(phases[phase]))
        stages.append(rules.join(list(phases.values())))
        verdicts[school_id, None, stage.id, ""] = (stages[-1], _tally(stages[-1]))
    verdicts[school_id, None, None, ""] = (rules.join(stages), {})


def _people_complete(
    found: Gathered, school_id: int, stage_id: int, phase: Phase, of_people: Verdicts
) -> list[rules.Outcome]:
    """Whether enough of the school's people are through; nothing where a phase asks nothing of anybody."""
    people = [row.id for row in found.enrolments if row.school_id == school_id]
    own = [of_people[school_id, person, stage_id, phase.value][0] for person in people]
    everybody = found.others.everybody.get(school_id, 0) + len(people)
    if everybody and (stage_id, phase) not in found.asked and not any(verdict.owed for verdict in own):
        return []
    complete = found.others.complete.get((school_id, stage_id, phase.value), 0)
    complete += sum(verdict.met for verdict in own)
    return [rules.people_complete(complete, everybody, found.definition.passing.school_share_percent)]


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


def _tally(verdict: rules.Verdict) -> dict[str, Any]:
    return {"done": verdict.done, "owed": verdict.owed}


def _plain_score(score: rules.FinalScore) -> dict[str, Any]:
    return {
        "activity": str(score.activity),
        "quizzes": str(score.quizzes),
        "products": str(score.products),
        "final": str(score.final),
        "predicate": score.predicate,
        "provisional": score.provisional,
    }
