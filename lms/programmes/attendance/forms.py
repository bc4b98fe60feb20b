"""The posted fields of an attendance list, as what shall be written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lms.contract.parsing import parse_choice, parse_int
from lms.programmes.attendance.attendance_sheet import Line, stamp
from lms.programmes.attendance.recording import Presence
from lms.programmes.rules import AttendanceStatus
from lms.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed for one participant, and the stamp that the form was opened with."""

    status: str
    minutes: str
    was: str


@dataclass(slots=True)
class ListForm:
    """An attendance list as it was sent: what shall be written, what cannot be."""

    entries: dict[int, Presence] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)
    """Participants whose line a colleague has written meanwhile, differently."""


def typed_lines(form: Mapping[str, str]) -> dict[int, Typed]:
    """The typed fields by enrolment; names that are no number are left out."""
    ids = [name[2:] for name in form if name.startswith("s-")]
    return {
        number: Typed(
            form.get(f"s-{text}", ""), form.get(f"m-{text}", "").strip(), form.get(f"was-{text}", "")
        )
        for text in ids
        if (number := parse_int(text)) is not None
    }


def read_list(
    lines: Iterable[Line], typed: Mapping[int, Typed], *, length: int, reason: str, rest_present: bool
) -> ListForm:
    """Judge what was typed against what is stored now.

    Only lines that were changed on this form are written; a line that a colleague changed and
    this form did not is left to the colleague. ``length``: minutes of the session.
    ``rest_present``: those without a mark were there.
    """
    found = ListForm()
    for line in lines:
        entry = typed.get(line.enrolment_id)
        if entry is not None:
            _read_line(found, line, entry, length=length, reason=reason, rest_present=rest_present)
    return found


def _read_line(
    found: ListForm, line: Line, entry: Typed, *, length: int, reason: str, rest_present: bool
) -> None:
    name = f"s-{line.enrolment_id}"
    minutes = _minutes(entry.minutes, length)
    if minutes == -1:
        found.errors[f"m-{line.enrolment_id}"] = _(
            "%(name)s: menit ditulis 0 sampai %(most)s.", name=line.name, most=length
        )
        return
    fill = rest_present and not entry.status and not line.stamp
    text = AttendanceStatus.PRESENT.value if fill else entry.status
    status = parse_choice(AttendanceStatus, text)
    if text and status is None:
        found.errors[name] = _("%(name)s: pilih salah satu dari daftar.", name=line.name)
        return
    wish = stamp(status, minutes)
    if wish in {entry.was, line.stamp} and not (status is None and minutes is not None):
        return
    if status is None:
        found.errors[name] = _("%(name)s: pilih kehadirannya.", name=line.name)
    elif entry.was != line.stamp:
        found.conflicts.add(line.enrolment_id)
    else:
        found.entries[line.enrolment_id] = Presence(status, minutes, reason)


def _minutes(text: str, most: int) -> int | None:
    """Whole minutes, None for nothing, -1 for what is no number of minutes of this session."""
    if not text:
        return None
    number = parse_int(text, high=most)
    return -1 if number is None else number
