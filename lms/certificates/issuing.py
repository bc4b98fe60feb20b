"""One certificate: numbered and issued, replaced, revoked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.certificates.events import ISSUED
from lms.certificates.models import Certificate, CertificateSeries, CertificateState
from lms.certificates.rules import new_code, number
from lms.certificates.snapshot import renewed, snapshot
from lms.completion import api as completion
from lms.contract.errors import Conflict, Invalid
from lms.contract.events import Fact
from lms.contract.text import CalendarDay, message
from lms.people import api as people
from lms.platform.audit import record
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.programmes import api as programmes


def issue_one(
    session: Session,
    *,
    programme_id: int,
    school_id: int,
    enrolment_id: int | None,
    actor_id: int | None,
    now: datetime,
    revision: int = 0,
    corrects: Certificate | None = None,
) -> Certificate:
    """Give a number and keep the snapshot; raises Conflict for who is not ready, and before the programme's end.

    A correction is possible although the rules have moved on since: then what ``corrects``
    certifies stays, and only who it names and who signs is of today (requirement K19).
    The number's row is locked until the commit: parallel issues make neither twins nor gaps.
    """
    programme = programmes.get_programme(session, programme_id)
    definition = programmes.definition_of(programme)
    agency = people.get_agency(session, programme.agency_id)
    refuse_shared_numbers(agency)
    if corrects is None:
        refuse_early(definition, now)
    year = year_of(definition, now)
    seq = _next_number(session, agency.id, year)
    twin = session.scalar(
        select(Certificate).where(
            Certificate.programme_id == programme_id,
            Certificate.school_id == school_id,
            Certificate.enrolment_id == enrolment_id,
            Certificate.revision == revision,
        )
    )
    if twin is not None:
        _give_back(session, agency.id, year)
        return twin
    state = _programme_state(session, programme_id, school_id, enrolment_id)
    holds = state is not None and state.met
    if not holds and corrects is None:
        raise Conflict(message("Peserta ini belum memenuhi syarat."))
    if corrects is None and enrolment_id is not None and uncertified(session, programme, [enrolment_id]):
        raise Conflict(message("Peran peserta ini tidak mendapat sertifikat dalam program ini."))
    row = Certificate(
        agency_id=agency.id,
        programme_id=programme_id,
        school_id=school_id,
        enrolment_id=enrolment_id,
        revision=revision,
        year=year,
        seq=seq,
        state=CertificateState.ISSUED,
        number=number_of(definition, agency, year=year, seq=seq),
        code=new_code(),
        snapshot={},
        issued_at=now,
        issued_by=actor_id,
        end_reason="",
        pdf_key="",
        pdf_sha256="",
    )
    if state is not None and state.met and definition.is_over(now):
        row.snapshot = snapshot(session, row, definition, agency, programme, state, now)
    elif corrects is not None:
        row.snapshot = renewed(session, row, corrects.snapshot, definition, agency, now)
    session.add(row)
    session.flush()
    record(
        session,
        actor_id=actor_id,
        action="certificates.issue",
        subject=("certificate", row.id),
        now=now,
        concerns=row.person_id,
        after={"number": row.number, **({} if holds else {"facts_of": corrects.number if corrects else ""})},
    )
    emit(session, Fact(ISSUED, now, {"certificate_id": row.id}))
    return row


def uncertified(
    session: Session, programme: programmes.Programme, enrolment_ids: Sequence[int] | None = None
) -> set[int]:
    """Of some participants, or of all: those whose role the programme does not certify."""
    roles = programmes.definition_of(programme).uncertified
    if not roles:
        return set()
    query = select(programmes.Enrolment.id).where(
        programmes.Enrolment.programme_id == programme.id, programmes.Enrolment.role.in_(roles)
    )
    if enrolment_ids is not None:
        query = query.where(among(programmes.Enrolment.id, enrolment_ids))
    return set(session.scalars(query))


def refuse_shared_numbers(agency: people.Agency) -> None:
    """Raise Conflict for an agency without a unit code: its numbers could be another's, too."""
    if not agency.unit_code:
        raise Conflict(
            message(
                "Kode unit kantor belum diisi, jadi nomor belum dapat dibuat. Tidak ada yang diubah. "
                "Mintalah pengelola server mengisinya: lms office unit-code %(code)s CODE",
                code=agency.code,
            )
        )


def refuse_early(definition: programmes.Definition, now: datetime) -> None:
    """Raise Conflict until the programme's last day has passed: a certificate says that the activity was completed."""
    if not definition.is_over(now):
        raise Conflict(
            message(
                "Program ini berakhir %(last_day)s, jadi sertifikat baru dapat diterbitkan sesudahnya. Tidak ada yang diubah. Bila jadwalnya berbeda, ubah tanggal programnya lebih dahulu.",
                last_day=CalendarDay(definition.last_day),
            )
        )


def year_of(definition: programmes.Definition, now: datetime) -> int:
    """The year of a certificate issued now, in the programme's zone."""
    return now.astimezone(definition.zone).year


def number_of(definition: programmes.Definition, agency: people.Agency, *, year: int, seq: int) -> str:
    """The ``seq``-th number of an agency in a year, as the programme writes it."""
    terms = definition.certificate
    return number(
        terms.number_pattern,
        seq=seq,
        unit_code=agency.unit_code,
        classification=terms.classification,
        year=year,
    )


def replace(
    session: Session, *, certificate_id: int, reason: str, actor_id: int, now: datetime
) -> Certificate:
    """Issue a correction under a new number; the old one says "replaced by" for ever."""
    old = _living(session, certificate_id, reason)
    new = _next_one(session, old, actor_id, now, corrects=old)
    _end(session, old, CertificateState.REPLACED, reason, actor_id, now)
    old.replaced_by = new.number
    return new


def issue_again(
    session: Session, *, certificate_id: int, reason: str, actor_id: int, now: datetime
) -> Certificate:
    """Issue anew after a revocation, under a new number, to who meets the conditions today.

    The old one stays revoked for ever and names the new one. Raises Invalid without a reason, and
    Conflict when it is not revoked, was issued again already, or the conditions are not met.
    """
    old = session.get_one(Certificate, certificate_id, with_for_update=True)
    _need_reason(reason)
    if old.state is not CertificateState.REVOKED or old.replaced_by is not None:
        raise Conflict(
            message("Hanya sertifikat yang dicabut dapat diterbitkan lagi, satu kali. Tidak ada yang diubah.")
        )
    new = _next_one(session, old, actor_id, now)
    old.replaced_by = new.number
    record(
        session,
        actor_id=actor_id,
        action="certificates.issue_again",
        subject=("certificate", old.id),
        now=now,
        concerns=old.person_id,
        after={"replaced_by": new.number},
        reason=reason,
    )
    return new


def revoke(session: Session, *, certificate_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Revoke with a reason; it stays visible as revoked, its number is never used again."""
    _end(session, _living(session, certificate_id, reason), CertificateState.REVOKED, reason, actor_id, now)


def _programme_state(
    session: Session, programme_id: int, school_id: int, enrolment_id: int | None
) -> completion.CompletionState | None:
    return session.scalar(
        select(completion.CompletionState).where(
            completion.CompletionState.programme_id == programme_id,
            completion.CompletionState.school_id == school_id,
            completion.CompletionState.enrolment_id == enrolment_id,
            completion.CompletionState.stage_id.is_(None),
        )
    )


def _next_number(session: Session, agency_id: int, year: int) -> int:
    """The number that comes next; the series is locked until the commit, also when this is its first number."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    after = session.scalars(
        insert(CertificateSeries)
        .values(agency_id=agency_id, year=year, next_no=2)
        .on_conflict_do_update(
            index_elements=[CertificateSeries.agency_id, CertificateSeries.year],
            set_={"next_no": CertificateSeries.next_no + 1},
        )
        .returning(CertificateSeries.next_no)
        .execution_options(synchronize_session=False)
    ).one()
    return int(after) - 1


def _give_back(session: Session, agency_id: int, year: int) -> None:
    """The row is locked by us, so the number that nobody used is the last one given."""
    session.execute(
        update(CertificateSeries)
        .where(CertificateSeries.agency_id == agency_id, CertificateSeries.year == year)
        .values(next_no=CertificateSeries.next_no - 1)
        .execution_options(synchronize_session=False)
    )


def _next_one(
    session: Session, old: Certificate, actor_id: int, now: datetime, corrects: Certificate | None = None
) -> Certificate:
    revisions = select(func.max(Certificate.revision)).where(
        Certificate.programme_id == old.programme_id,
        Certificate.school_id == old.school_id,
        Certificate.enrolment_id == old.enrolment_id,
    )
    return issue_one(
        session,
        programme_id=old.programme_id,
        school_id=old.school_id,
        enrolment_id=old.enrolment_id,
        actor_id=actor_id,
        now=now,
        revision=(session.scalar(revisions) or 0) + 1,
        corrects=corrects,
    )


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(
            message("Belum disimpan. Tulis alasannya; alasan tampil di halaman cek."),
            fields={"reason": message("Tulis alasannya.")},
        )


def _living(session: Session, certificate_id: int, reason: str) -> Certificate:
    row = session.get_one(Certificate, certificate_id, with_for_update=True)
    _need_reason(reason)
    if row.state is not CertificateState.ISSUED:
        raise Conflict(message("Sertifikat ini sudah dicabut atau diganti. Tidak ada yang diubah."))
    return row


def _end(
    session: Session, row: Certificate, state: CertificateState, reason: str, actor_id: int, now: datetime
) -> None:
    row.state, row.ended_at, row.end_reason = state, now, reason.strip()
    record(
        session,
        actor_id=actor_id,
        action=f"certificates.{'revoke' if state is CertificateState.REVOKED else 'replace'}",
        subject=("certificate", row.id),
        now=now,
        concerns=row.person_id,
        before={"state": "issued"},
        after={"state": state.value},
        reason=reason,
    )
