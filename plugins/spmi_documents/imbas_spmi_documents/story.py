"""What the invented schools of a demonstration wrote: report, mapping, plan. Scores are examples."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy.orm import Session

from imbas_spmi_documents import api
from imbas_spmi_documents.rules import PARTS, ScoreStatus, StandardScore
from lms.api import Actor, StorySchool, workplace

Act = Callable[[Session, datetime], None]
_SCORES = (
    ("6,48", "6,10", "6,21", "5,94", "4,62", "4,35", "6,02", "6,55"),
    ("6,30", "5,95", "6,12", "5,80", "4,40", "3,98", "5,88", "6,41"),
    ("6,12", "5,71", "5,96", "5,55", "4,21", "3,80", "5,70", "6,32"),
    ("6,21", "5,83", "6,05", "5,62", "4,10", "3,55", "5,90", "6,70"),
    ("5,90", "5,42", "5,61", "5,20", "3,95", "3,32", "5,35", "6,08"),
    ("5,72", "5,18", "5,33", "4,96", "3,60", "2,98", "5,02", "5,88"),
)
_PROBLEMS = (
    (
        "6.2", "Ruang perpustakaan dipakai gudang.", "Ada 410 buku layak baca.", "Tidak ada rak dan petugas.",
        "Perpustakaan tidak dapat dipakai murid.", "Barang lama tidak pernah disortir dan tidak ada penanggung jawab.",
        "Sortir barang, buat pojok baca tiap kelas, tunjuk petugas.",
    ),
    (
        "5.1", "Empat dari sepuluh guru belum pernah ikut pelatihan setahun ini.", "Guru bersedia belajar bersama.",
        "Jadwal KKG bentrok dengan jam mengajar.", "Kemampuan menyusun soal tingkat tinggi rendah.",
        "Belajar bersama belum dijadwalkan sekolah.", "KKG mini setiap Sabtu, satu topik, satu produk.",
    ),
    (
        "4.2", "Ulangan sebagian besar soal ingatan.", "Kisi-kisi sudah dibuat.", "Soal tidak ditelaah teman sejawat.",
        "Hasil ulangan tidak menunjukkan kemampuan menalar.", "Belum ada kebiasaan telaah soal.",
        "Telaah silang kartu soal sebelum ulangan.",
    ),
)  # fmt: skip
_PLANS = (
    (
        "Pojok baca tiap kelas",
        "Sortir gudang dan beli rak",
        "6 kelas punya pojok baca yang dipakai",
        2_400_000,
        10,
    ),
    (
        "KKG mini Sabtu",
        "Enam pertemuan dengan narasumber guru model",
        "6 guru punya 1 RPP bernalar",
        900_000,
        11,
    ),
    ("Telaah soal bersama", "Telaah silang kartu soal", "100% soal ulangan sudah ditelaah", 350_000, 11),
)
_FIRST_MAPPED = datetime.fromisoformat("2020-09-14T13:00:00+07:00")


def events(programme_id: int, schools: tuple[StorySchool, ...]) -> Iterator[tuple[datetime, Act]]:
    """Each school enters its report, maps three problems and plans for them; the last one is slow."""
    for number, school in enumerate(schools):
        writer = school.quality_team[0]
        begun = _FIRST_MAPPED + timedelta(days=number)
        yield begun, partial(_report, programme_id, school.school_id, writer, _SCORES[number % len(_SCORES)])
        last = number == len(schools) - 1
        for step in range(1 if last else len(_PROBLEMS)):
            moment = begun + timedelta(days=1 + step, hours=step)
            yield moment, partial(_map, programme_id, school.school_id, writer, step, not last)


def _report(
    programme_id: int, school_id: int, writer: int, scores: tuple[str, ...], session: Session, now: datetime
) -> None:
    entries = {
        standard: (
            StandardScore(standard, ScoreStatus.SCORED, Decimal(text.replace(",", "."))),
            _condition(standard),
        )
        for standard, text in enumerate(scores, start=1)
    }
    at = workplace(session, programme_id=programme_id, school_id=school_id)
    api.save_report(session, at=at, version=0, year=2019, entries=entries, actor=_actor(writer), now=now)


def _condition(standard: int) -> str:
    if standard == 6:
        return "Perpustakaan dipakai gudang; enam ruang kelas baik, satu rusak ringan."
    return "Sesuai keadaan; bukti ada di map standar." if standard % 2 else "Sebagian bukti belum ditemukan."


def _map(
    programme_id: int, school_id: int, writer: int, step: int, planned: bool, session: Session, now: datetime
) -> None:
    code, *parts = _PROBLEMS[step]
    actor, at = _actor(writer), workplace(session, programme_id=programme_id, school_id=school_id)
    problem = api.save_problem(
        session, at=at, problem_id=None, version=0, code=code, texts=dict(zip(PARTS, parts, strict=True)),
        actor=actor, now=now,
    )  # fmt: skip
    if planned:
        programme, activity, target, cost, month = _PLANS[step]
        fields = api.PlanFields(programme, activity, target, cost, "bos", month, "Ketua TPMPS")
        api.save_line(
            session,
            at=at,
            problem_id=problem.id,
            line_id=None,
            version=0,
            fields=fields,
            actor=actor,
            now=now,
        )


def _actor(person_id: int) -> Actor:
    return Actor(person_id, "", "id", (), 0)
