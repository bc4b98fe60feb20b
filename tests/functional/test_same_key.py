"""Every command refuses a key that already stands for another body (requirement R2): asked of each one there is."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.platform.audit import AuditEntry
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.idempotency import StoredAnswer, remember
from lms.platform.outbox import OutboxFact
from lms.platform.transaction import write
from lms.testing.people import sign_in
from lms.web.routing import PUBLIC
from tests.functional.test_authorisation_matrix import Atlas, address, routes, whereabouts
from tests.inhabitants import Province

KEY = "a-key-that-was-used"


def effects() -> tuple[int, int]:
    db.session.remove()
    return tuple(  # type: ignore[return-value]
        db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (AuditEntry, OutboxFact)
    )


@pytest.mark.modules
@pytest.mark.slow
def test_the_same_key_with_another_body_is_refused_by_every_command(site: Flask, province: Province) -> None:
    answer = StoredAnswer(303, "/", "text/html", "")
    with write() as session:
        for person_id in set(province.own.people.values()):
            remember(
                session, person_id=person_id, key=KEY, digest="of another body", answer=answer, now=now()
            )
    browsers = {role: sign_in(site, person_id) for role, person_id in province.own.people.items()}
    atlas, asked, wrong = Atlas(db.session(), province, {}), set[str](), dict[str, int]()
    # uploads by tus are known by their own address and position, not by a key
    commands = [
        (endpoint, url_rule)
        for endpoint, method, url_rule, rule in routes(site)
        if method == "POST"
        and rule.changes
        and rule.action != PUBLIC
        and url_rule.endpoint.split(".")[0] not in {"tus", "form_files"}
    ]
    before = effects()
    for endpoint, url_rule in commands:
        for role, browser in browsers.items():
            for _letter, ids in whereabouts(atlas, url_rule, province.own.people[role]):
                path = address(site, atlas, url_rule, ids)
                sent = browser.post(path, data={"_key": KEY}, headers={"Accept": "text/html"})
                sent.close()
                if sent.status_code == 409 and "berbeda dari yang sudah tersimpan" in sent.text:
                    asked.add(endpoint)
                elif sent.status_code not in {401, 403, 404, 422}:  # 422: refused before the key
                    wrong[f"{endpoint} as {role}"] = sent.status_code
    assert not wrong
    assert {endpoint for endpoint, _rule in commands} - asked == set()
    assert effects() == before
    assert len(asked) > 60
