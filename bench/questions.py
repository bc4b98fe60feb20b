"""The questions that people are asked in the scenario of a quiz, and what each of them answers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from flask import Flask
from imbas_demo.answers import Fields, fields_for
from sqlalchemy import select

from bench.teachers import QUIZ
from lms.assessment import api as assessment
from lms.assessment.quiz_versions import apply_programme
from lms.assessment.scoring import ItemPoints, result
from lms.contract.items import Bloom, ItemSpec
from lms.contract.text import Localized
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes

SHIPPED, WITHOUT_ESSAY, SINGLE_CHOICE = "shipped", "without-essay", "single-choice"
_KNOWS = 0.67
"""Share of questions that an invented participant answers rightly."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person sends: for each question the form after each change, and what that is worth."""

    forms: list[list[Fields]]
    percent: Decimal
    provisional: bool
    """A person must still mark something."""


def use(app: Flask, which: str) -> int:
    """Make the quiz of stage 2 ask what ``which`` says; the quiz's id.

    ``shipped`` changes nothing, ``without-essay`` leaves out what a person must mark, ``single-choice`` asks twenty
    questions with four options each. Changed questions are a new edition, as for any changed quiz.
    """
    plugins = platform(app).plugins
    types = plugins.registry.module_types
    key = next(key for key, module in types.items() if module.quiz and module.quiz.key == QUIZ)
    spec = types[key].quiz
    assert spec is not None
    if which == WITHOUT_ESSAY:
        spec = replace(spec, items=tuple(item for item in spec.items if not item.secret.get("guide")))
    elif which == SINGLE_CHOICE:
        spec = replace(spec, items=tuple(map(_single_choice, range(1, 21))))
    plugins.registry = replace(plugins.registry, module_types={**types, key: replace(types[key], quiz=spec)})
    with app.app_context():
        with write() as session:
            quiz = session.scalars(select(assessment.Quiz).where(assessment.Quiz.key == QUIZ)).one()
            programme = programmes.programme_of_stage(session, quiz.stage_id)
            definition = programmes.definition_of(programme)
            apply_programme(session, programme, definition, now())
            quiz_id = quiz.id
        db.session.remove()
    return quiz_id


def sheet(items: tuple[assessment.LoadedItem, ...], person_id: int) -> Sheet:
    """The answers of a person; the same person always gives the same."""
    rng = Random(person_id)
    forms, points = [], []
    for item in items:
        fields = fields_for(item, rng.random() < _KNOWS, rng)
        answer = item.kind.parse(item.body, fields)
        score = item.kind.score(item.body, item.secret, answer)
        points.append(ItemPoints("", item.bloom, score.earned if score else None, item.maximum))
        forms.append([_named(form, item.position) for form in _growing(fields)])
    total = result(points)
    return Sheet(forms, total.percent, total.provisional)


def _growing(fields: Fields) -> Iterator[Fields]:
    """The form after each change: the page's script sends the whole question each time."""
    chosen: Fields = {}
    for name, values in fields.items():
        for count in range(1, len(values) + 1):
            chosen = {**chosen, name: values[:count]}
            yield chosen


def _named(fields: Fields, position: int) -> Fields:
    """With the names that the page's form gives them, and its two furniture fields."""
    named = {f"q{position}{f'-{suffix}' if suffix else ''}": values for suffix, values in fields.items()}
    return {**named, f"doubtful-{position}": ["0"], f"age-{position}": ["0"]}


def _single_choice(number: int) -> ItemSpec:
    key = "abcd"[number % 4]
    body = {
        "stem": f"Soal {number}: sekolah mana yang paling perlu didampingi menurut data di atas?",
        "options": [{"id": sign, "text": f"Sekolah {sign.upper()}{number}"} for sign in "abcd"],
    }
    return ItemSpec(
        f"{QUIZ}.bench{number:02}",
        "mc_single",
        Bloom.C4,
        Localized(id="Pengukuran", en="Measuring"),
        1,
        "",
        Decimal(1),
        body,
        {"key": key, "explanation": f"Sekolah {key.upper()}{number}."},
    )
