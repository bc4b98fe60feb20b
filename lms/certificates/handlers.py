"""The worker issues ordered certificates and prints issued ones."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.certificates import api
from lms.contract.events import EventHandler, Fact


def _issue(session: Session, fact: Fact, now: datetime) -> None:
    api.work_on(session, batch_id=int(fact.payload["batch_id"]), now=now)


def _print(session: Session, fact: Fact, _now: datetime) -> None:
    api.print_certificate(session, certificate_id=int(fact.payload["certificate_id"]))


HANDLERS = (
    EventHandler("certificates.issue", api.ORDERED, _issue),
    EventHandler("certificates.print", api.ISSUED, _print),
)
