"""A model school owes more: when a school changes its kind, its completion is looked at again."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.completion.models import CompletionState
from lms.contract.text import text_of
from lms.platform.db import db
from lms.platform.outbox import drain
from lms.platform.transaction import write
from lms.programmes import api
from lms.testing.clock import FixedClock
from lms.testing.people import sign_in


def missing(world: Any, school: int) -> str:
    """What the school itself lacks, in any stage."""
    db.session.remove()
    rows = db.session.scalars(
        select(CompletionState).where(
            CompletionState.school_id == world.schools[school], CompletionState.enrolment_id.is_(None)
        )
    )
    return " ".join(text_of(reason["text"]).in_("id") for row in rows for reason in row.reasons)


@pytest.mark.modules
def test_another_kind_is_another_duty_at_once(
    app: Flask, world: Any, document: str, clock: FixedClock
) -> None:
    due = "      - {key: dissemination.report, due_at: 2020-10-30T16:00:00+07:00}\ncertificate:"
    with write() as session:
        api.apply_definition(
            session,
            programme_id=world.programme_id,
            version=1,
            note="",
            actor_id=world.admin,
            now=clock(),
            definition=api.load_yaml(document.replace("certificate:", due)),
        )
    drain(clock)
    report = "Laporan pengimbasan"
    assert report in missing(world, 0)
    assert report not in missing(world, 1)
    admin = sign_in(app, world.admin)
    address = f"/program/{world.programme_id}/sekolah"
    for kinds in (("imbas", "model"), ("model", "imbas")):
        for npsn, kind in zip(world.npsn, kinds, strict=True):
            assert admin.post(address, data={"npsn": npsn, "kind": kind}).status_code == 303
        db.session.remove()
        drain(clock)
        assert [report in missing(world, school) for school in (0, 1)] == [kind == "model" for kind in kinds]
    # the same kind again is no news
    assert admin.post(address, data={"npsn": world.npsn[0], "kind": "model"}).status_code == 303
    db.session.remove()
    assert drain(clock) == 0
