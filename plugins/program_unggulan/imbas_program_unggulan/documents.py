"""The flagship plan as a reviewable document, and its pages."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from imbas_program_unggulan import measuring
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
)

ABOUT = "plan"
_ROLE = 1000


def faults_of_plan(values: Mapping[str, Any]) -> dict[str, Text]:
    """The indicator's code looks like one."""
    code = values.get("code", "")
    if code and not is_code(code):
        return {
            "code": Text("Tulis kode indikator seperti 1.1.10.", "Write the indicator's code like 1.1.10.")
        }
    return {}


def faults_of_goal(values: Mapping[str, Any]) -> dict[str, Text]:
    """The period ends after it begins, and the target is away from the baseline."""
    faults = {}
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        faults["ends_on"] = Text(
            "Akhir waktu pelaksanaan tidak boleh sebelum awalnya.",
            "The period must not end before it begins.",
        )
    if values.get("target") is not None and values.get("target") == values.get("baseline"):
        faults["target"] = Text(
            "Target sama dengan data awal. Tulis angka yang ingin dicapai.",
            "The target equals the baseline. Write the figure to reach.",
        )
    return faults


def _line(key: str, label: Text, hint: Text, longest: int = 160, **more: Any) -> DocumentField:
    return DocumentField(key, label, FieldKind.LINE, hint=hint, longest=longest, **more)


_ABOUT = (
    _line(
        "name",
        Text("Nama program", "Name of the programme"),
        Text(
            "Pendek dan mudah diingat, misalnya Kebun Gizi.",
            "Short and easy to remember, such as Kebun Gizi.",
        ),
        is_title=True,
        needed=Text(
            "Tulis nama program, misalnya Kebun Gizi.", "Write the programme's name, such as Kebun Gizi."
        ),
    ),
    _line(
        "code",
        Text("Kode indikator", "Indicator's code"),
        Text("Kode dari pemetaan mutu, misalnya 1.1.10.", "The code of the quality mapping, such as 1.1.10."),
        longest=10,
        signs=1,
    ),
    DocumentField(
        "problem",
        Text("Masalah yang dijawab", "Problem that it answers"),
        hint=Text("Masalah yang sudah dipetakan. Satu masalah saja.", "A problem that was mapped. Only one."),
    ),
    DocumentField(
        "reason",
        Text("Dasar pemilihan", "Why it was chosen"),
        hint=Text(
            "Rapat apa yang memilih, potensi setempat apa yang dipakai.",
            "Which meeting chose it, which local strength it uses.",
        ),
    ),
    _line(
        "responsible",
        Text("Penanggung jawab", "Person in charge"),
        Text(
            "Tulis jabatan, bukan nama orang, misalnya guru kelas V.",
            "Write a position and no name, such as teacher of class V.",
        ),
    ),
    DocumentField(
        "budget",
        Text("Baris RKAS", "Line of the budget"),
        hint=Text(
            "Barang, jumlah rupiah, sumber dana, dan bulan dalam RKAS.",
            "What, how many rupiah, from which fund, in which month of the budget.",
        ),
        longest=500,
    ),
    DocumentField(
        "risk",
        Text("Risiko dan pencegahan", "Risk and prevention"),
        hint=Text(
            "Apa yang dapat menghambat, dan pencegahannya.",
            "What may stand in the way, and how to prevent it.",
        ),
    ),
    DocumentField(
        "sustainability",
        Text("Cara berlanjut", "How it goes on"),
        hint=Text(
            "Apa yang tetap berjalan bila orang atau dana berganti.",
            "What goes on when people or funds change.",
        ),
    ),
)
_GOAL = (
    _line(
        "goal",
        Text("Sasaran", "Goal"),
        Text(
            "Misalnya: siswa sarapan sehat sebelum belajar.", "For example: pupils have a healthy breakfast."
        ),
        longest=500,
        needed=Text(
            "Tulis sasaran: apa yang berubah pada siswa.", "Write the goal: what changes for pupils."
        ),
    ),
    _line(
        "unit",
        Text("Satuan", "Unit"),
        Text("Misalnya persen siswa, kali seminggu, kg.", "For example percent of pupils, times a week, kg."),
        longest=40,
        signs=0,
    ),
    DocumentField(
        "baseline",
        Text("Data awal", "Baseline"),
        FieldKind.NUMBER,
        unit="unit",
        hint=Text("Keadaan sebelum program, misalnya 45.", "As it was before the programme, such as 45."),
    ),
    DocumentField("baseline_on", Text("Tanggal data awal", "Day of the baseline"), FieldKind.DAY),
    DocumentField(
        "target",
        Text("Target", "Target"),
        FieldKind.NUMBER,
        unit="unit",
        hint=Text(
            "Angka yang ingin dicapai. Boleh lebih kecil, misalnya untuk keterlambatan.",
            "The figure to reach. It may be smaller, as for coming late.",
        ),
    ),
    DocumentField("starts_on", Text("Mulai", "From"), FieldKind.DAY),
    DocumentField("ends_on", Text("Sampai", "To"), FieldKind.DAY),
    DocumentField(
        "method",
        Text("Cara mengukur", "How it is measured"),
        hint=Text(
            "Cara yang sama dipakai di awal dan di akhir. Siapa yang mencatat?",
            "The same way at the start and at the end. Who writes it down?",
        ),
        longest=_ROLE,
    ),
    DocumentField(
        "role_school",
        Text("Peran sekolah", "Role of the school"),
        hint=Text(
            "Misalnya: merekap kartu sarapan tiap Jumat.", "For example: sums up breakfast cards on Fridays."
        ),
        longest=_ROLE,
    ),
    DocumentField(
        "role_family",
        Text("Peran keluarga", "Role of families"),
        hint=Text(
            "Misalnya: menyiapkan sarapan dan memaraf buku penghubung.",
            "For example: makes breakfast and signs the contact book.",
        ),
        longest=_ROLE,
    ),
    DocumentField(
        "role_community",
        Text("Peran masyarakat", "Role of the community"),
        hint=Text("Misalnya: puskesmas menyuluh dua kali.", "For example: the clinic informs twice."),
        longest=_ROLE,
    ),
)
PLAN = DocumentType(
    key=measuring.TYPE,
    title=Text("Program unggulan", "Flagship programme"),
    noun=Text("rencana", "plan"),
    path="rencana",
    unit=Unit.SCHOOL,
    kinds=(
        DocumentKind(
            "flagship",
            Text("Rencana program unggulan", "Flagship plan"),
            "program_unggulan.plan_review",
            (
                DocumentPart(
                    ABOUT,
                    Text("Program secara umum", "The programme as a whole"),
                    _ABOUT,
                    hint=Text(
                        "Boleh disimpan dulu, lalu dilengkapi bersama tim.",
                        "It may be saved first and completed with the team.",
                    ),
                    check=faults_of_plan,
                ),
                DocumentPart(
                    GOALS,
                    Text("Sasaran", "Goals"),
                    _GOAL,
                    hint=Text(
                        "Satu perubahan pada siswa, dengan angka, waktu, dan peran tiga pusat. "
                        "Pakai kata kerja yang dapat dilihat: memeriksa, mencatat, menyediakan.",
                        "One change for pupils, with figures, a period, and roles of the three centres. "
                        "Use verbs that one can see: check, write down, provide.",
                    ),
                    most=12,
                    row_title=Text("Sasaran", "Goal"),
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
    signer=Text("Ketua TPMPS", "Head of the quality team"),
    comment_below=3,
    template="program_unggulan/progress.html",
    details=measuring.goals_of,
    tables=measuring.tables_of,
    first_step=Text(
        "Mulai dengan satu program yang menjawab satu masalah penting.",
        "Begin with one programme that answers one important problem.",
    ),
)

bp = Blueprint("program_unggulan", __name__, template_folder="templates")
add_document_pages(bp, PLAN)
