"""Quizzes of a programme and the editions of their items.

A changed quiz becomes a new edition for attempts to come; an attempt keeps the items it began with.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, ExtraAttempt, Item, Quiz
from lms.contract.errors import Conflict
from lms.contract.items import ItemSpec, ItemType, QuizSpec
from lms.contract.text import Text, message, message_in, stored, text_of
from lms.modules import api as modules
from lms.platform.application import Platform, platform
from lms.platform.long_lists import among
from lms.platform.plugins import registry
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class LoadedItem:
    """An item of one edition of a quiz, as attempts use it; ``secret`` must never reach a page before the release.

    ``position`` counts from 1, ``maximum`` are its points, ``bloom`` is a word of ``Bloom``.
    """

    id: int
    key: str
    position: int
    type: str
    bloom: str
    competence: Text
    maximum: Decimal
    body: Mapping[str, Any]
    secret: Mapping[str, Any]

    @property
    def level_reason(self) -> Text | None:
        """Why the item has its cognitive level; as secret as the key."""
        kept = self.secret.get("level_reason")
        return text_of(kept) if kept else None

    @property
    def kind(self) -> ItemType:
        """The item type; raises Conflict when its plugin is gone."""
        found = registry().item_types.get(self.type)
        if found is None:
            raise Conflict(
                message(
                    "Soal ini milik modul yang tidak terpasang. Jawaban dan nilai tetap aman. Hubungi admin."
                )
            )
        return found


def apply_programme(
    session: Session, programme: programmes.Programme, definition: programmes.Definition, _now: datetime
) -> None:
    """Create and update the quizzes that a definition demands."""
    stages = {stage.no: stage for stage in programmes.stages_of(session, programme.id)}
    placements = {
        row.module_key: row for row in modules.placements_of(session, [s.id for s in stages.values()])
    }
    known = {
        row.placement_id: row
        for row in session.scalars(
            select(Quiz).where(among(Quiz.stage_id, [stage.id for stage in stages.values()]))
        )
    }
    for spec in definition.stages:
        for line in spec.materials:
            placement = placements.get(line.module)
            module = registry().module_types.get(line.module)
            if placement is None or module is None or module.quiz is None or line.quiz is None:
                continue
            quiz = known.pop(placement.id, None) or _new_quiz(placement.id)
            quiz.stage_id = stages[spec.no].id
            quiz.opens_at, quiz.due_at = stages[spec.no].opens_at, line.quiz.due_at
            quiz.release = line.quiz.release
            _describe(quiz, module.quiz)
            session.add(quiz)
            session.flush()
            renew(session, quiz, module.quiz)


def drop_left_out(
    session: Session, programme: programmes.Programme, definition: programmes.Definition
) -> None:
    """Remove quizzes that the definition no longer demands; raises Conflict for one that somebody began."""
    wanted = {line.module for spec in definition.stages for line in spec.materials if line.quiz is not None}
    stages = [stage.id for stage in programmes.stages_of(session, programme.id)]
    keys = {row.id: row.module_key for row in modules.placements_of(session, stages)}
    for quiz in session.scalars(select(Quiz).where(among(Quiz.stage_id, stages))).all():
        module = registry().module_types.get(keys[quiz.placement_id])
        if keys[quiz.placement_id] in wanted and module is not None and module.quiz is not None:
            continue
        if session.scalar(select(Attempt.id).where(Attempt.quiz_id == quiz.id).limit(1)):
            raise programmes.has_work(message_in("kept", "Kuis %(title)s", title=quiz.title))
        session.execute(delete(ExtraAttempt).where(ExtraAttempt.quiz_id == quiz.id))
        session.execute(delete(Item).where(Item.quiz_id == quiz.id))
        session.delete(quiz)
    session.flush()


_EDITIONS: WeakKeyDictionary[Platform, dict[tuple[int, int], tuple[LoadedItem, ...]]] = WeakKeyDictionary()
"""For each application: quiz and edition -> items."""


def items_of(session: Session, quiz_id: int, edition: int) -> tuple[LoadedItem, ...]:
    """The items of an edition in order, read once per process: an edition never changes."""
    cache = _EDITIONS.setdefault(platform(), {})
    found = cache.get((quiz_id, edition))
    if found is None:
        rows = session.execute(_ITEMS, {"quiz": quiz_id, "edition": edition}).all()
        found = tuple(
            LoadedItem(
                row.id,
                row.key,
                row.position,
                row.type,
                row.bloom,
                row.competence,
                row.maximum,
                row.body,
                row.secret,
            )
            for row in rows
        )
        if found:
            cache[quiz_id, edition] = found
    return found


def _new_quiz(placement_id: int) -> Quiz:
    """A quiz that nobody has taken: all its attempts will be scored as scorers score today."""
    versions = {key: kind.version for key, kind in registry().item_types.items()}
    return Quiz(placement_id=placement_id, edition=0, digest="", scorers=versions)


def _describe(quiz: Quiz, spec: QuizSpec) -> None:
    quiz.key, quiz.title = spec.key, spec.title
    quiz.minutes, quiz.attempts = spec.minutes, spec.attempts


def renew(session: Session, quiz: Quiz, spec: QuizSpec) -> None:
    """Another edition when anything of the items has changed; attempts keep theirs."""
    values = [
        {
            "position": position,
            "key": item.key,
            "type": item.type,
            "bloom": item.bloom.value,
            "competence": stored(item.competence),
            "maximum": format(item.maximum.normalize(), "f"),
            "body": dict(item.body),
            "secret": _secret_of(item),
        }
        for position, item in enumerate(spec.items, start=1)
    ]
    digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
    if digest == quiz.digest:
        return
    quiz.edition, quiz.digest = quiz.edition + 1, digest
    session.add_all(
        Item(
            quiz_id=quiz.id,
            edition=quiz.edition,
            **{**value, "competence": item.competence, "maximum": item.maximum},
        )
        for item, value in zip(spec.items, values, strict=True)
    )
    session.flush()


def _secret_of(item: ItemSpec) -> dict[str, Any]:
    """The secret part as an edition keeps it: the key, and why the item has its level."""
    reason = item.level_reason
    return {**item.secret, **({"level_reason": stored(reason)} if reason else {})}


_ITEMS = (
    select(Item.__table__)
    .where(Item.quiz_id == bindparam("quiz"), Item.edition == bindparam("edition"))
    .order_by(Item.position)
)
