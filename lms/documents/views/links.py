"""From a module's material over its workspace to its products, and back."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.modules import Unit
from lms.contract.plugin import Link
from lms.evidence.api import Assignment, Submission
from lms.modules import api as modules
from lms.platform.long_lists import among
from lms.programmes import api as programmes
from lms.web.i18n import gettext as _
from lms.web.i18n import locale
from lms.web.routing import may


def work_links(session: Session, *, at: modules.Workplace, module_key: str, actor: Actor) -> tuple[Link, ...]:
    """Where a page of a module's workspace comes from and leads to, as far as ``actor`` may go.

    The material, the school's board when the module ends in products of the school, and the
    actor's own products that were begun.
    """
    links = []
    placement = modules.placement_in(session, programme_id=at.programme_id, module_key=module_key)
    if placement is not None and may("modules.read", at.place):
        links.append(Link(_("Materi"), url_for("modules.material", placement_id=placement.id)))
    dues = _dues(session, at.programme_id, module_key)
    if any(due.unit is Unit.SCHOOL for due in dues) and may("evidence.board", at.place):
        board = url_for("evidence.board", programme_id=at.programme_id, school_id=at.school_id)
        links.append(Link(_("Tagihan sekolah"), board))
    return (*links, *_own(session, at, dues, actor))


def _own(session: Session, at: modules.Workplace, dues: list[Assignment], actor: Actor) -> list[Link]:
    own = {due.id: due for due in dues if due.unit is Unit.TEACHER}
    enrolment = (
        programmes.enrolment_in(session, actor.person_id, programme_id=at.programme_id) if own else None
    )
    if enrolment is None or enrolment.school_id != at.school_id:
        return []
    rows = session.execute(
        select(Submission.id, Submission.due_id).where(
            among(Submission.due_id, own), Submission.enrolment_id == enrolment.id
        )
    ).all()
    return [
        Link(
            own[row.due_id].title.in_(locale()),
            url_for("evidence.submission", submission_id=row.id),
        )
        for row in sorted(rows, key=lambda row: list(own).index(row.due_id))
    ]


def _dues(session: Session, programme_id: int, module_key: str) -> list[Assignment]:
    query = (
        select(Assignment)
        .join(programmes.Stage, programmes.Stage.id == Assignment.stage_id)
        .where(
            programmes.Stage.programme_id == programme_id,
            Assignment.deliverable_key.startswith(f"{module_key}.", autoescape=True),
        )
        .order_by(Assignment.stage_id, Assignment.position)
    )
    return list(session.scalars(query))
