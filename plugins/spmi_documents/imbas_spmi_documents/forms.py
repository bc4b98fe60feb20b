"""Forms: what was typed, what it means, and what is wrong with it."""

from imbas_spmi_documents.api import PlanFields
from imbas_spmi_documents.frameworks import MONTHS
from imbas_spmi_documents.i18n import message
from imbas_spmi_documents.models import PlanLine, Problem, Report
from imbas_spmi_documents.rules import PARTS, STANDARDS, ScoreStatus, StandardScore, parse_score
from lms.api import Form, Invalid, parse_choice, parse_int

LONGEST = 2000
FIRST_YEAR, LAST_YEAR = 2016, 2100
MOST_RUPIAH = 999_999_999_999
_PLAN_TEXTS = {"programme": 200, "activity": 500, "target": 500, "responsible": 120}


def report_form(report: Report | None, default_year: int) -> Form:
    """The stored report, ready to be changed."""
    values = {"version": "0", "year": str(default_year)}
    if report is not None:
        values |= {"version": str(report.version), "year": str(report.year)}
        for row in report.scores:
            values[f"status-{row.standard}"] = row.status.value
            values[f"score-{row.standard}"] = (
                "" if row.score is None else f"{row.score:.2f}".replace(".", ",")
            )
            values[f"condition-{row.standard}"] = row.condition
    return Form(values)


def read_report(form: Form) -> tuple[int, dict[int, tuple[StandardScore, str]]]:
    """The year and the standards entered; faults go to ``form.errors``."""
    year = parse_int(form.text("year", 4), low=FIRST_YEAR, high=LAST_YEAR) or 0
    if not year:
        form.errors["year"] = message("Tulis tahun rapor, misalnya 2019.")
    entries: dict[int, tuple[StandardScore, str]] = {}
    for number in STANDARDS:
        condition = form.text(f"condition-{number}")
        entry = _read_standard(form, number)
        if entry is not None:
            entries[number] = (entry, condition)
        elif condition and f"score-{number}" not in form.errors:
            form.errors[f"score-{number}"] = message("Isi skornya, atau pilih tidak kirim atau tidak valid.")
    return year, entries


def _read_standard(form: Form, number: int) -> StandardScore | None:
    name = f"score-{number}"
    status = parse_choice(ScoreStatus, form.values.get(f"status-{number}", ScoreStatus.SCORED.value))
    score = form.text(name, 10)
    if status is None:
        form.errors[name] = message("Pilih keadaannya dari daftar.")
        return None
    if status is not ScoreStatus.SCORED:
        if score:
            form.errors[name] = message("Kosongkan skor bila statusnya tidak kirim atau tidak valid.")
            return None
        return StandardScore(number, status)
    if not score:
        return None
    try:
        return StandardScore(number, ScoreStatus.SCORED, parse_score(score))
    except Invalid as error:
        form.errors[name] = error.text
        return None


def problem_form(problem: Problem | None) -> Form:
    """A stored problem, or an empty form."""
    if problem is None:
        return Form({"version": "0"})
    values = {part: str(getattr(problem, part)) for part in PARTS}
    return Form({**values, "version": str(problem.version), "code": problem.code})


def read_problem(form: Form) -> tuple[str, dict[str, str]]:
    """The code and the six parts; the problem itself must be written."""
    texts = {part: form.text(part) for part in PARTS}
    if not texts["problem"]:
        form.errors["problem"] = message("Tulis masalahnya, satu kalimat sudah cukup.")
    return form.text("code", 10), texts


def line_form(line: PlanLine | None) -> Form:
    """A stored plan line, or an empty form."""
    if line is None:
        return Form({"version": "0"})
    return Form(
        {
            **{name: str(getattr(line, name)) for name in _PLAN_TEXTS},
            "version": str(line.version),
            "cost": "" if line.cost is None else f"{line.cost:,}".replace(",", "."),
            "source": line.source,
            "month": "" if line.month is None else str(line.month),
            "problem_id": str(line.problem_id),
        }
    )


def read_line(form: Form) -> PlanFields:
    """What people wrote in a plan line; the activity must be written."""
    texts = {name: form.text(name, longest) for name, longest in _PLAN_TEXTS.items()}
    if not texts["activity"]:
        form.errors["activity"] = message("Tulis kegiatannya.")
    return PlanFields(
        programme=texts["programme"],
        activity=texts["activity"],
        target=texts["target"],
        cost=_read_rupiah(form),
        source=form.text("source", 20),
        month=_read_month(form),
        responsible=texts["responsible"],
    )


def _read_rupiah(form: Form) -> int | None:
    """Whole rupiah: ``2.400.000``, ``Rp2.400.000,00`` and ``2400000`` are the same."""
    text = form.text("cost", 30).removeprefix("Rp").replace(" ", "").removesuffix(",00").removesuffix(",-")
    if not text:
        return None
    digits = text.replace(".", "")
    amount = parse_int(digits, high=MOST_RUPIAH)
    if amount is None or not _grouped(text):
        form.errors["cost"] = message("Tulis rupiah bulat, misalnya 2.400.000.")
        return None
    return amount


def _grouped(text: str) -> bool:
    """Whether points, if any, stand between groups of three figures: "2.40" is a slip."""
    first, *rest = text.split(".")
    return not rest or (1 <= len(first) <= 3 and all(len(group) == 3 for group in rest))


def _read_month(form: Form) -> int | None:
    text = form.text("month", 2)
    if not text:
        return None
    month = parse_int(text)
    if month in MONTHS:
        return month
    form.errors["month"] = message("Pilih bulan dari daftar.")
    return None
