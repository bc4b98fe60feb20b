"""The door of this domain: ready, order, issue, replace, revoke, verify."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.certificates.events import ISSUED, ORDERED
from lms.certificates.models import Certificate, CertificateBatch, CertificateSeries, CertificateState
from lms.certificates.pdf import render
from lms.certificates.rules import new_code, number, read_code, shown_code
from lms.completion import api as completion
from lms.contract.actors import Place
from lms.contract.errors import Conflict, Invalid, NotFound
from lms.contract.events import Fact
from lms.contract.numbers import comma
from lms.contract.plugin import Award
from lms.contract.text import Text
from lms.people import api as people
from lms.platform.audit import record
from lms.platform.outbox import emit
from lms.platform.plugins import plugins
from lms.platform.storage import storage
from lms.programmes import api as programmes

__all__ = [
    "ISSUED",
    "ORDERED",
    "Certificate",
    "CertificateBatch",
    "CertificateState",
    "Standing",
    "batch_of",
    "certificates_of_person",
    "certificates_of_programme",
    "issue_one",
    "order",
    "place_of_certificate",
    "print_certificate",
    "replace",
    "resume",
    "revoke",
    "shown_code",
    "standings",
    "stop",
    "verify",
    "work_on",
]

SLICE = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """A participant or school (``person`` None) before issue: ready, or blocked with the reasons."""

    enrolment_id: int
    school: people.School
    person: people.Person | None
    ready: bool
    reasons: tuple[dict[str, str], ...]
    final: str
    certificate: Certificate | None


def standings(session: Session, *, programme_id: int, school_ids: Sequence[int]) -> list[Standing]:
    """Everybody of some schools, schools first; a fixed number of queries."""
    schools = people.schools_by_id(session, school_ids)
    rows = [
        row
        for row in completion.programme_states(session, programme_id=programme_id)
        if row.school_id in schools
    ]
    enrolments = {
        row.id: row
        for row in programmes.enrolments(session, programme_id=programme_id, school_ids=school_ids)
    }
    persons = people.persons_by_id(session, [row.person_id for row in enrolments.values()])
    issued = {
        (row.school_id, row.enrolment_id): row
        for row in session.scalars(
            select(Certificate).where(
                Certificate.programme_id == programme_id,
                Certificate.school_id.in_(school_ids),
                Certificate.state != CertificateState.REPLACED,
            )
        )
    }
    own = completion.states_of_schools(session, programme_id=programme_id, school_ids=school_ids)
    everything = [row for row in own if row.stage_id == 0] + rows
    return [
        Standing(
            row.enrolment_id, schools[row.school_id],
            persons[enrolments[row.enrolment_id].person_id] if row.enrolment_id in enrolments else None,
            row.met, tuple(row.reasons), str(row.scores.get("final", "")),
            issued.get((row.school_id, row.enrolment_id)),
        )
        for row in everything
    ]  # fmt: skip


def order(session: Session, *, programme_id: int, actor_id: int, now: datetime) -> int:
    """Order a certificate for everybody who is ready and has none; the batch's id.

    While a batch runs, ordering again gives that batch.
    """
    running = batch_of(session, programme_id)
    if running and running.finished_at is None:
        return running.id
    have = set(
        session.execute(
            select(Certificate.school_id, Certificate.enrolment_id).where(
                Certificate.programme_id == programme_id
            )
        ).tuples()
    )
    ready = completion.programme_states(session, programme_id=programme_id, met=True)
    school_ids = [school.id for school, _kind in programmes.schools_of(session, programme_id)]
    schools = completion.states_of_schools(session, programme_id=programme_id, school_ids=school_ids)
    ready += [row for row in schools if row.stage_id == 0 and row.met]
    waiting = [
        [row.school_id, row.enrolment_id] for row in ready if (row.school_id, row.enrolment_id) not in have
    ]
    if not waiting:
        raise Conflict(
            Text(
                "Belum ada peserta siap yang belum bersertifikat. Tidak ada yang diubah. Lihat daftar yang terhalang.",
                "Nobody who is ready lacks a certificate. Nothing was changed. See who is blocked.",
            )
        )
    batch = CertificateBatch(
        programme_id=programme_id, ordered_by=actor_id, ordered_at=now, waiting=waiting, total=len(waiting), done=0,
        problems=[], stopped=False,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    record(
        session, actor_id=actor_id, action="certificates.order", subject=("programme", programme_id), now=now,
        after={"batch": batch.id, "total": len(waiting)},
    )  # fmt: skip
    emit(session, Fact(ORDERED, now, {"batch_id": batch.id}))
    return batch.id


def work_on(session: Session, *, batch_id: int, now: datetime) -> None:
    """Issue the next slice of a batch and ask for another; after a kill the rest goes on."""
    batch = session.get_one(CertificateBatch, batch_id, with_for_update=True)
    if batch.stopped or batch.finished_at is not None:
        return
    taken, rest = batch.waiting[:SLICE], batch.waiting[SLICE:]
    for school_id, enrolment_id in taken:
        try:
            with session.begin_nested():
                issue_one(
                    session, programme_id=batch.programme_id, school_id=school_id, enrolment_id=enrolment_id,
                    actor_id=batch.ordered_by, now=now,
                )  # fmt: skip
        except Exception as error:
            problem = {
                "school_id": school_id,
                "enrolment_id": enrolment_id,
                "error": f"{type(error).__name__}: {error}"[:300],
            }
            batch.problems = [*batch.problems, problem]
    batch.waiting, batch.done = rest, batch.done + len(taken)
    if rest:
        emit(session, Fact(ORDERED, now, {"batch_id": batch_id}))
    else:
        batch.finished_at = now


def stop(session: Session, *, batch_id: int) -> None:
    """Stop a batch after the slice at work."""
    session.get_one(CertificateBatch, batch_id, with_for_update=True).stopped = True


def resume(session: Session, *, batch_id: int, now: datetime) -> None:
    """Go on with a stopped batch."""
    batch = session.get_one(CertificateBatch, batch_id, with_for_update=True)
    if batch.stopped and batch.finished_at is None:
        batch.stopped = False
        emit(session, Fact(ORDERED, now, {"batch_id": batch_id}))


def issue_one(
    session: Session,
    *,
    programme_id: int,
    school_id: int,
    enrolment_id: int,
    actor_id: int | None,
    now: datetime,
    revision: int = 0,
) -> Certificate:
    """Give a number and keep the snapshot; raises Conflict for who is not ready or has one.

    The number's row is locked until the commit: parallel issues make neither twins nor gaps.
    """
    programme = programmes.get_programme(session, programme_id)
    agency = people.get_agency(session, programme.agency_id)
    seq = _next_number(session, agency.id, _year(programme, now))
    twin = session.scalar(
        select(Certificate).where(
            Certificate.programme_id == programme_id, Certificate.school_id == school_id,
            Certificate.enrolment_id == enrolment_id, Certificate.revision == revision,
        )
    )  # fmt: skip
    if twin is not None:
        _give_back(session, agency.id, _year(programme, now))
        return twin
    state = _programme_state(session, programme_id, school_id, enrolment_id)
    if state is None or not state.met:
        raise Conflict(
            Text("Peserta ini belum memenuhi syarat.", "This participant has not met the conditions.")
        )
    definition = programmes.definition_of(programme)
    row = Certificate(
        agency_id=agency.id, programme_id=programme_id, school_id=school_id, enrolment_id=enrolment_id,
        revision=revision, year=_year(programme, now), seq=seq, state=CertificateState.ISSUED,
        number=number(
            definition.certificate.number_pattern, seq=seq, unit_code=agency.unit_code,
            classification=definition.certificate.classification, year=_year(programme, now),
        ),
        code=new_code(), snapshot={}, issued_at=now, issued_by=actor_id, end_reason="", replaced_by="", pdf_key="",
        pdf_sha256="",
    )  # fmt: skip
    row.snapshot = _snapshot(session, row, definition, agency, programme, state, now)
    session.add(row)
    session.flush()
    record(
        session, actor_id=actor_id, action="certificates.issue", subject=("certificate", row.id), now=now,
        concerns=row.person_id, after={"number": row.number},
    )  # fmt: skip
    emit(session, Fact(ISSUED, now, {"certificate_id": row.id}))
    return row


def print_certificate(session: Session, *, certificate_id: int) -> None:
    """Make the PDF once and keep its hash; done already means done."""
    row = session.get_one(Certificate, certificate_id)
    if row.pdf_key and storage().exists(row.pdf_key):
        return
    body = render(row.snapshot, number=row.number, code=shown_code(row.code), address=address_of(row))
    kept = storage().put(body, suffix="pdf")
    row.pdf_key, row.pdf_sha256 = kept.key, kept.sha256


def address_of(row: Certificate) -> str:
    """What the QR opens."""
    return f"{current_app.config['LMS'].public_url}/v/{row.code}"


def replace(
    session: Session, *, certificate_id: int, reason: str, actor_id: int, now: datetime
) -> Certificate:
    """Issue a correction under a new number; the old one says "replaced by" for ever."""
    old = _living(session, certificate_id, reason)
    revisions = select(func.max(Certificate.revision)).where(
        Certificate.programme_id == old.programme_id, Certificate.school_id == old.school_id,
        Certificate.enrolment_id == old.enrolment_id,
    )  # fmt: skip
    new = issue_one(
        session, programme_id=old.programme_id, school_id=old.school_id, enrolment_id=old.enrolment_id,
        actor_id=actor_id, now=now, revision=(session.scalar(revisions) or 0) + 1,
    )  # fmt: skip
    _end(session, old, CertificateState.REPLACED, reason, actor_id, now)
    old.replaced_by = new.number
    return new


def revoke(session: Session, *, certificate_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Revoke with a reason; it stays visible as revoked, its number is never used again."""
    _end(session, _living(session, certificate_id, reason), CertificateState.REVOKED, reason, actor_id, now)


def verify(session: Session, typed: str) -> Certificate | None:
    """The certificate with this code, whatever its state; None for an unknown one."""
    return session.scalar(select(Certificate).where(Certificate.code == read_code(typed)))


def certificates_of_programme(
    session: Session, *, programme_id: int, school_id: int | None = None
) -> list[Certificate]:
    """Everything issued, by number."""
    query = select(Certificate).where(Certificate.programme_id == programme_id)
    if school_id is not None:
        query = query.where(Certificate.school_id == school_id)
    return list(session.scalars(query.order_by(Certificate.year, Certificate.seq)))


def certificates_of_person(session: Session, person_id: int) -> list[Certificate]:
    """A person's certificates, newest first."""
    query = select(Certificate).where(Certificate.person_id == person_id)
    return list(session.scalars(query.order_by(Certificate.id.desc())))


def batch_of(session: Session, programme_id: int) -> CertificateBatch | None:
    """The newest batch."""
    return session.scalar(
        select(CertificateBatch)
        .where(CertificateBatch.programme_id == programme_id)
        .order_by(CertificateBatch.id.desc())
        .limit(1)
    )


def place_of_certificate(session: Session, certificate_id: int) -> Place:
    """Where a certificate stands."""
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound(
            Text(
                "Sertifikat ini tidak ditemukan. Sertifikat lain tetap aman. Mulai lagi dari beranda.",
                "This certificate was not found. Others are safe. Start again from the home page.",
            )
        )
    return Place(row.agency_id, row.school_id, row.programme_id, row.person_id)


def _snapshot(
    session: Session,
    row: Certificate,
    definition: programmes.Definition,
    agency: people.Agency,
    programme: programmes.Programme,
    state: completion.CompletionState,
    now: datetime,
) -> dict[str, Any]:
    school = people.get_school(session, row.school_id)
    terms = definition.certificate
    name, identity = school.name, f"NPSN {school.npsn}"
    if row.enrolment_id:
        person = people.get_person(session, programmes.get_enrolment(session, row.enrolment_id).person_id)
        row.person_id = person.id
        name = person.display_name
        identity = f"NIP {people.spaced_nip(person.nip)}" if person.nip else f"NUPTK {person.nuptk or '-'}"
    first, last = definition.stages[0].starts_on, definition.stages[-1].ends_on
    days = (
        f"{format_date(first, 'd MMMM y', locale='id')} sampai {format_date(last, 'd MMMM y', locale='id')}"
    )
    jp = definition.jp_in + definition.jp_on
    done = "telah menyelesaikan" if row.enrolment_id else "telah melaksanakan"
    lines = []
    if terms.show_scores and state.scores:
        lines.append({"label": "Nilai akhir", "value": comma(Decimal(state.scores["final"]), 2)})
    award = Award(programme.id, school.id, row.enrolment_id or None, _final(state))
    for _plugin, offered in plugins().ask("lms_certificate_lines", strict=True, session=session, award=award):
        lines += [{"label": line.label.id, "value": line.value} for line in offered]
    return {
        "title": terms.title if row.enrolment_id else terms.school_title,
        "agency": agency.name,
        "letterhead": list(agency.letterhead.get("lines", [])),
        "name": name,
        "identity": identity,
        "school": school.name if row.enrolment_id else "",
        "activity": terms.activity,
        "sentence": f"{done} {terms.activity} pada {days}, setara {jp} jam pelajaran (JP).",
        "predicate": state.scores.get("predicate", ""),
        "structure": [
            {"title": line.title, "jp_in": line.jp_in, "jp_on": line.jp_on}
            for stage in definition.stages
            for line in stage.materials
        ],
        "jp_in": definition.jp_in,
        "jp_on": definition.jp_on,
        "lines": lines,
        "city": terms.city,
        "date": format_date(now.astimezone(definition.zone).date(), "d MMMM y", locale="id"),
        "signer": terms.signer.model_dump(),
        "responsible": terms.responsible.model_dump(),
    }


def _final(state: completion.CompletionState) -> Decimal | None:
    return Decimal(state.scores["final"]) if state.scores else None


def _programme_state(
    session: Session, programme_id: int, school_id: int, enrolment_id: int
) -> completion.CompletionState | None:
    return session.scalar(
        select(completion.CompletionState).where(
            completion.CompletionState.programme_id == programme_id,
            completion.CompletionState.school_id == school_id,
            completion.CompletionState.enrolment_id == enrolment_id,
            completion.CompletionState.stage_id == 0,
        )
    )


def _next_number(session: Session, agency_id: int, year: int) -> int:
    changed = session.execute(
        update(CertificateSeries)
        .where(CertificateSeries.agency_id == agency_id, CertificateSeries.year == year)
        .values(next_no=CertificateSeries.next_no + 1)
        .returning(CertificateSeries.next_no)
        .execution_options(synchronize_session=False)
    ).scalar()
    if changed is not None:
        return int(changed) - 1
    session.add(CertificateSeries(agency_id=agency_id, year=year, next_no=2))
    session.flush()
    return 1


def _give_back(session: Session, agency_id: int, year: int) -> None:
    """The row is locked by us, so the number that nobody used is the last one given."""
    session.execute(
        update(CertificateSeries)
        .where(CertificateSeries.agency_id == agency_id, CertificateSeries.year == year)
        .values(next_no=CertificateSeries.next_no - 1)
        .execution_options(synchronize_session=False)
    )


def _living(session: Session, certificate_id: int, reason: str) -> Certificate:
    row = session.get_one(Certificate, certificate_id, with_for_update=True)
    if not reason.strip():
        raise Invalid(
            Text(
                "Belum disimpan. Tulis alasannya; alasan tampil di halaman cek.",
                "Not saved. Write the reason.",
            ),
            fields={"reason": Text("Tulis alasannya.", "Write the reason.")},
        )
    if row.state is not CertificateState.ISSUED:
        raise Conflict(
            Text(
                "Sertifikat ini sudah dicabut atau diganti. Tidak ada yang diubah.",
                "This certificate was already revoked or replaced. Nothing was changed.",
            )
        )
    return row


def _end(
    session: Session, row: Certificate, state: CertificateState, reason: str, actor_id: int, now: datetime
) -> None:
    row.state, row.ended_at, row.end_reason = state, now, reason.strip()
    record(
        session, actor_id=actor_id, action=f"certificates.{'revoke' if state is CertificateState.REVOKED else 'replace'}",
        subject=("certificate", row.id), now=now, concerns=row.person_id, before={"state": "issued"},
        after={"state": state.value}, reason=reason,
    )  # fmt: skip


def _year(programme: programmes.Programme, now: datetime) -> int:
    return now.astimezone(programmes.definition_of(programme).zone).year
