"""Forms: what was typed, what it means, and what is wrong with it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from imbas_program_unggulan.api import LineFields, PlanFields
from imbas_program_unggulan.models import FlagshipLine, FlagshipPlan
from imbas_program_unggulan.rules import PLAN_TEXTS, ReviewDecision, is_code
from lms.api import Form, Text, comma, parse_choice, parse_date, parse_decimal

PLAN_LONGEST = {"name": 160, "code": 10, "responsible": 160, "budget": 500}
LINE_LONGEST = {"goal": 500, "unit": 40}
LONG, ROLE, NOTE, COMMENT = 2000, 1000, 500, 2000
"""Longest texts, in characters."""
MOST = Decimal(999_999_999)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
PLACES = 4


@dataclass(slots=True)
class PlanForm(Form):
    """Typed numbers and days, too."""

    def number(self, name: str) -> Decimal | None:
        """A number with decimal comma; None when nothing was typed."""
        text = self.text(name, 40).removesuffix("%").strip()
        if not text:
            return None
        value = parse_decimal(text, low=-MOST, high=MOST)
        if value is None or value != round(value, PLACES):
            self.errors[name] = Text(
                "Tulis satu angka, misalnya 45 atau 2,5.", "Write one number, such as 45 or 2.5."
            )
            return None
        return value

    def day(self, name: str) -> date | None:
        """A day as a date field sends it (2020-09-03); None when nothing was typed."""
        text = self.text(name, 10)
        if not text:
            return None
        found = parse_date(text, low=FIRST_DAY, high=LAST_DAY)
        if found is None:
            self.errors[name] = Text("Tulis tanggal seperti 2020-09-03.", "Write the day like 2020-09-03.")
        return found


def plan_form(plan: FlagshipPlan | None) -> PlanForm:
    """The stored plan, or an empty form."""
    if plan is None:
        return PlanForm({"version": "0"})
    values = {name: str(getattr(plan, name)) for name in ("code", *PLAN_TEXTS)}
    return PlanForm({**values, "version": str(plan.version)})


def read_plan(form: PlanForm) -> PlanFields:
    """What people wrote about the programme; its name must be written."""
    texts = {name: form.text(name, PLAN_LONGEST.get(name, LONG)) for name in ("code", *PLAN_TEXTS)}
    if not texts["name"]:
        form.errors["name"] = Text(
            "Tulis nama program, misalnya Kebun Gizi.", "Write the programme's name, such as Kebun Gizi."
        )
    if texts["code"] and not is_code(texts["code"]):
        form.errors["code"] = Text(
            "Tulis kode indikator seperti 1.1.10.", "Write the indicator's code like 1.1.10."
        )
    return PlanFields(**texts)


def line_form(line: FlagshipLine | None) -> PlanForm:
    """A stored goal, or an empty form."""
    if line is None:
        return PlanForm({"version": "0"})
    texts = ("goal", "unit", "method", "role_school", "role_family", "role_community")
    days = ("baseline_on", "starts_on", "ends_on")
    values = {name: str(getattr(line, name)) for name in texts}
    values |= {name: "" if getattr(line, name) is None else getattr(line, name).isoformat() for name in days}
    values |= {
        name: "" if getattr(line, name) is None else comma(getattr(line, name))
        for name in ("baseline", "target")
    }
    return PlanForm({**values, "version": str(line.version)})


def read_line(form: PlanForm) -> LineFields:
    """What people wrote in a goal; the goal itself must be written."""
    fields = LineFields(
        goal=form.text("goal", LINE_LONGEST["goal"]),
        unit=form.text("unit", LINE_LONGEST["unit"]),
        baseline=form.number("baseline"),
        baseline_on=form.day("baseline_on"),
        target=form.number("target"),
        starts_on=form.day("starts_on"),
        ends_on=form.day("ends_on"),
        method=form.text("method", ROLE),
        role_school=form.text("role_school", ROLE),
        role_family=form.text("role_family", ROLE),
        role_community=form.text("role_community", ROLE),
    )
    if not fields.goal:
        form.errors["goal"] = Text(
            "Tulis sasaran: apa yang berubah pada siswa.", "Write the goal: what changes for pupils."
        )
    if fields.starts_on and fields.ends_on and fields.ends_on < fields.starts_on:
        form.errors["ends_on"] = Text(
            "Akhir waktu pelaksanaan tidak boleh sebelum awalnya.",
            "The period must not end before it begins.",
        )
    if fields.target is not None and fields.target == fields.baseline:
        form.errors["target"] = Text(
            "Target sama dengan data awal. Tulis angka yang ingin dicapai.",
            "The target equals the baseline. Write the figure to reach.",
        )
    return fields


def read_measure(form: PlanForm) -> tuple[date, Decimal, str]:
    """Day, value and note of a measurement; day and value must be written. Raises Invalid."""
    day, value, note = form.day("measured_on"), form.number("value"), form.text("note", NOTE)
    if day is None and "measured_on" not in form.errors:
        form.errors["measured_on"] = Text("Isi tanggal mengukur.", "Enter the day of measuring.")
    if value is None and "value" not in form.errors:
        form.errors["value"] = Text("Isi hasilnya, misalnya 60.", "Enter the result, such as 60.")
    form.stop_at_errors()
    assert day is not None
    assert value is not None
    return day, value, note


def read_review(form: PlanForm, codes: tuple[str, ...]) -> tuple[dict[str, str], str, ReviewDecision]:
    """Comments by criterion, the comment on the whole, and the decision. Raises Invalid."""
    notes = {code: form.text(f"note-{code}", COMMENT) for code in codes}
    comment = form.text("comment", COMMENT)
    decision = parse_choice(ReviewDecision, form.values.get("decision", ""))
    if decision is None:
        form.errors["decision"] = Text(
            "Pilih diterima atau perlu revisi.", "Choose accepted or needs revision."
        )
    form.stop_at_errors()
    assert decision is not None
    return notes, comment, decision
