"""The flagship plan as a reviewable document, and its pages."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from imbas_program_unggulan import measuring
from imbas_program_unggulan.i18n import message, message_in
from imbas_program_unggulan.measuring import GOALS
from imbas_program_unggulan.rules import is_code
from lms.api import (
    DocumentField,
    DocumentKind,
    DocumentPart,
    DocumentPermissions,
    DocumentType,
    FieldKind,
    Text,
    Unit,
    add_document_pages,
    verbatim,
)

ABOUT = "plan"
_ROLE = 1000


def faults_of_plan(values: Mapping[str, Any]) -> dict[str, Text]:
    """The indicator's code looks like one."""
    code = values.get("code", "")
    if code and not is_code(code):
        return {"code": message("Tulis kode indikator seperti 1.1.10.")}
    return {}


def faults_of_goal(values: Mapping[str, Any]) -> dict[str, Text]:
    """The period ends after it begins, and the target is away from the baseline."""
    faults: dict[str, Text] = {}
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        faults["ends_on"] = message("Akhir waktu pelaksanaan tidak boleh sebelum awalnya.")
    if values.get("target") is not None and values.get("target") == values.get("baseline"):
        faults["target"] = message("Target sama dengan data awal. Tulis angka yang ingin dicapai.")
    return faults


def _line(key: str, label: Text, hint: Text, longest: int = 160, **more: Any) -> DocumentField:
    return DocumentField(key, label, FieldKind.LINE, hint=hint, longest=longest, **more)


_ABOUT = (
    _line(
        "name",
        message("Nama program"),
        message("Pendek dan mudah diingat, misalnya Kebun Gizi."),
        is_title=True,
        needed=message("Tulis nama program, misalnya Kebun Gizi."),
    ),
    _line(
        "code",
        message("Kode indikator"),
        message("Kode dari pemetaan mutu, misalnya 1.1.10."),
        longest=10,
        signs=1,
    ),
    DocumentField(
        "problem",
        message("Masalah yang dijawab"),
        hint=message("Masalah yang sudah dipetakan. Satu masalah saja."),
    ),
    DocumentField(
        "reason",
        message("Dasar pemilihan"),
        hint=message("Rapat apa yang memilih, potensi setempat apa yang dipakai."),
    ),
    _line(
        "responsible",
        message("Penanggung jawab"),
        message("Tulis jabatan, bukan nama orang, misalnya guru kelas V."),
    ),
    DocumentField(
        "budget",
        message("Baris RKAS"),
        hint=message("Barang, jumlah rupiah, sumber dana, dan bulan dalam RKAS."),
        longest=500,
    ),
    DocumentField(
        "risk",
        message("Risiko dan pencegahan"),
        hint=message("Apa yang dapat menghambat, dan pencegahannya."),
    ),
    DocumentField(
        "sustainability",
        message("Cara berlanjut"),
        hint=message("Apa yang tetap berjalan bila orang atau dana berganti."),
    ),
)
_GOAL = (
    _line(
        "goal",
        message_in("one", "Sasaran"),
        message("Misalnya: siswa sarapan sehat sebelum belajar."),
        longest=500,
        needed=message("Tulis sasaran: apa yang berubah pada siswa."),
    ),
    _line(
        "unit",
        message("Satuan"),
        message("Misalnya persen siswa, kali seminggu, kg."),
        longest=40,
        signs=0,
    ),
    DocumentField(
        "baseline",
        message("Data awal"),
        FieldKind.NUMBER,
        unit="unit",
        hint=message("Keadaan sebelum program, misalnya 45."),
    ),
    DocumentField("baseline_on", message("Tanggal data awal"), FieldKind.DAY),
    DocumentField(
        "target",
        verbatim("Target"),
        FieldKind.NUMBER,
        unit="unit",
        hint=message("Angka yang ingin dicapai. Boleh lebih kecil, misalnya untuk keterlambatan."),
    ),
    DocumentField("starts_on", message("Mulai"), FieldKind.DAY),
    DocumentField("ends_on", message("Sampai"), FieldKind.DAY),
    DocumentField(
        "method",
        message("Cara mengukur"),
        hint=message("Cara yang sama dipakai di awal dan di akhir. Siapa yang mencatat?"),
        longest=_ROLE,
    ),
    DocumentField(
        "role_school",
        message("Peran sekolah"),
        hint=message("Misalnya: merekap kartu sarapan tiap Jumat."),
        longest=_ROLE,
    ),
    DocumentField(
        "role_family",
        message("Peran keluarga"),
        hint=message("Misalnya: menyiapkan sarapan dan memaraf buku penghubung."),
        longest=_ROLE,
    ),
    DocumentField(
        "role_community",
        message("Peran masyarakat"),
        hint=message("Misalnya: puskesmas menyuluh dua kali."),
        longest=_ROLE,
    ),
)
PLAN = DocumentType(
    key=measuring.TYPE,
    title=message("Program unggulan"),
    noun=message("rencana"),
    path="rencana",
    unit=Unit.SCHOOL,
    kinds=(
        DocumentKind(
            "flagship",
            message("Rencana program unggulan"),
            "program_unggulan.plan_review",
            (
                DocumentPart(
                    ABOUT,
                    message("Program secara umum"),
                    _ABOUT,
                    hint=message("Boleh disimpan dulu, lalu dilengkapi bersama tim."),
                    check=faults_of_plan,
                ),
                DocumentPart(
                    GOALS,
                    message("Sasaran"),
                    _GOAL,
                    hint=message(
                        "Satu perubahan pada siswa, dengan angka, waktu, dan peran tiga pusat. "
                        "Pakai kata kerja yang dapat dilihat: memeriksa, mencatat, menyediakan."
                    ),
                    most=12,
                    row_title=message_in("one", "Sasaran"),
                    check=faults_of_goal,
                    keep_row=measuring.keep_row,
                ),
            ),
            deliverable="program_unggulan.flagship_plan",
        ),
    ),
    permissions=DocumentPermissions(
        board="program_unggulan.view",
        view="program_unggulan.view",
        create="program_unggulan.edit",
        write="program_unggulan.edit",
        submit="program_unggulan.hand_in",
        review="program_unggulan.review",
    ),
    changed=measuring.CHANGED,
    signer=message("Ketua TPMPS"),
    comment_below=3,
    template="program_unggulan/progress.html",
    details=measuring.goals_of,
    tables=measuring.tables_of,
    first_step=message("Mulai dengan satu program yang menjawab satu masalah penting."),
)

bp = Blueprint("program_unggulan", __name__, template_folder="templates")
add_document_pages(bp, PLAN)
