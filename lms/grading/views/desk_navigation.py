"""From one piece to the next, and back to the last: what both desks share."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from lms.contract.parsing import long_whole
from lms.contract.rubrics import Rubric
from lms.evidence import api as evidence
from lms.grading import api, claims
from lms.grading.queue import WorkItem
from lms.platform.clock import now
from lms.platform.db import db
from lms.web.routing import current_actor

_DECIDED = "decided"
"""Key of the browser's session: kind, number and time of the last decision. It survives a look at another page."""
_TAKEN_BACK = "taken_back"
"""Key of the browser's session: what a decision said that was undone."""
_LONGEST_KEPT = 1000
"""Characters of a comment that fit into the cookie of the session beside the marks."""
_DESKS = {
    api.Kind.EVIDENCE: ("grading.desk", "submission_id"),
    api.Kind.ESSAYS: ("marking.desk", "attempt_id"),
}


def to_next(last: WorkItem | None = None) -> ResponseReturnValue:
    """Take the next piece and go to its desk; ``last`` is what was decided just now."""
    found = api.take_next(db.session(), actor=current_actor(), now=now())
    if last is not None:
        session[_DECIDED] = [last.kind.value, last.id, int(now().timestamp())]
    values: dict[str, Any] = {last.kind.value: last.id} if last else {}
    if found is None:
        return redirect(url_for("queue.waiting", **values), 303)
    endpoint, argument = _DESKS[found.kind]
    return redirect(url_for(endpoint, **(values | {argument: found.id})), 303)


def last_decided() -> WorkItem | None:
    """What was decided just before, as the address says, or this browser while it may still be taken back."""
    for kind in api.Kind:
        if piece_id := request.args.get(kind.value, 0, type=long_whole):
            return WorkItem(kind, piece_id)
    kept = session.get(_DECIDED)
    if kept is not None and now().timestamp() - kept[2] <= evidence.UNDO.total_seconds():
        return WorkItem(api.Kind(kept[0]), kept[1])
    return None


def forget_last_decided() -> None:
    """It was taken back: nothing is left to undo."""
    session.pop(_DECIDED, None)


def keep_taken_back(review: evidence.Review, submission_id: int) -> None:
    """Remember what was marked, so that whoever undoes a decision changes it and need not begin again."""
    session[_TAKEN_BACK] = {
        "submission": submission_id,
        "rubric": [review.rubric_key, review.rubric_version],
        "values": review.values,
        "reason": review.reason_code,
        "comment": review.comment if len(review.comment) <= _LONGEST_KEPT else "",
    }


def taken_back(submission_id: int, rubric: Rubric) -> dict[str, Any]:
    """What this browser has taken back of a piece of evidence: values, reason, comment; empty when nothing."""
    kept: dict[str, Any] = session.get(_TAKEN_BACK, {})
    same = kept.get("submission") == submission_id and kept.get("rubric") == [rubric.key, rubric.version]
    return kept if same else {}


def forget_taken_back() -> None:
    """It was decided anew."""
    session.pop(_TAKEN_BACK, None)


def read_by_another(kind: api.Kind, piece_id: int) -> datetime | None:
    """Until when another grader reads this piece."""
    return claims.read_by_another(
        db.session(), kind=kind, piece_id=piece_id, grader_id=current_actor().person_id, now=now()
    )


def give_back(kind: api.Kind, piece_id: int) -> None:
    """Let a decided piece go; raises Conflict when another grader has taken it over."""
    api.give_back(db.session(), kind=kind, piece_id=piece_id, grader_id=current_actor().person_id, now=now())


def taken(kind: api.Kind, until: datetime | None) -> str:
    """Instead of the desk: somebody reads it until then, or (None) has decided it; the next one waits."""
    return render_template(
        "grading/taken.html", kind=kind, until=until, queue=api.queue(db.session(), actor=current_actor())
    )
