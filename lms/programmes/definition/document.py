"""A programme is data: one versioned document, edited in the browser, exchanged as YAML.

Every number of requirement F6 is a field here. Faults are told all at once, each with its path.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    Field,
    JsonValue,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lms.contract.actors import Role
from lms.contract.characters import is_text
from lms.contract.sections import ProgrammeOutline, ProgrammeSection, StageOutline
from lms.contract.text import Text, message
from lms.contract.typed_fields import Day, FieldFault, Moment, TypedFields
from lms.programmes.definition.errors import DefinitionFault, Misfit, Path, of_errors, placed
from lms.programmes.definition.sections import as_json, check_sections
from lms.programmes.definition.terms import (
    LONGEST_NUMBER,
    Attendance,
    Certificate,
    Code,
    Name,
    Passing,
    Percent,
)


class InServiceSession(TypedFields):
    """A taught session. ``jp`` is credited whole to those who count as present."""

    code: Code
    title: Name
    starts_at: Moment
    ends_at: Moment
    jp: int = Field(ge=0, le=40)
    mode: Literal["zoom", "onsite"] = "zoom"
    join_url: str = Field(default="", max_length=300, pattern=r"^(https://.*)?$")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise FieldFault(message("sesi harus berakhir setelah mulai"))
        return self


class QuizTerms(TypedFields):
    """When a module's quiz is due, and when its explanations open: after the last attempt, or at the deadline."""

    due_at: Moment
    release: Literal["on_scored", "at_close"] = "on_scored"
    minimum: Percent = Decimal(0)


class MaterialLine(TypedFields):
    """A line of the programme structure (the table on the certificate's back)."""

    group: Name
    title: Name
    module: str = ""
    jp_in: int = Field(ge=0, le=80)
    jp_on: int = Field(ge=0, le=80)
    reading_required: bool = False
    """Whether the stage's in-service part is complete only for who has read the module's material."""
    quiz: QuizTerms | None = None

    @field_validator("reading_required")
    @classmethod
    def _has_material(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("module"):
            raise FieldFault(
                message("hanya untuk baris yang punya module, sebab tanpa modul tidak ada yang dibaca")
            )
        return value


class DueDeliverable(TypedFields):
    """A deliverable that this programme asks for."""

    key: str
    mandatory: bool = True
    due_at: Moment


class DemandedRule(TypedFields):
    """A plugin's completion rule that this programme demands, with its parameters."""

    rule: str
    params: dict[str, Any] = Field(default_factory=dict)


class Stage(TypedFields):
    """A stage (tahap): in-service sessions, then on-service practice."""

    no: int = Field(ge=1, le=6)
    title: Name
    starts_on: Day
    ends_on: Day
    on_service_due_at: Moment
    sessions: tuple[InServiceSession, ...] = ()
    materials: tuple[MaterialLine, ...] = ()
    deliverables: tuple[DueDeliverable, ...] = ()
    rules: tuple[DemandedRule, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise FieldFault(message("tahap harus berakhir setelah mulai"))
        return self


class Participant(TypedFields):
    """What a kind of participant owes."""

    role: Literal[Role.TEACHER, Role.QUALITY_TEAM, Role.HEADMASTER]
    quizzes: bool = True
    products: bool = True
    certified: bool = True


class Definition(TypedFields):
    """The whole programme."""

    format: Literal[1] = 1
    code: Code
    title: Name
    school_year: str = Field(pattern=r"^[0-9]{4}/[0-9]{4}$")
    timezone: str = "Asia/Jakarta"
    jp_minutes: int = Field(default=45, ge=30, le=60)
    attendance: Attendance = Attendance()
    passing: Passing = Passing()
    participants: tuple[Participant, ...]
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=6)
    sections: dict[str, JsonValue] = Field(default_factory=dict)
    """What plugins own, by the key of their section, as it is stored: ``sections.py`` checks it."""
    certificate: Certificate

    @property
    def uncertified(self) -> tuple[Role, ...]:
        """Roles that take part and get no certificate."""
        return tuple(entry.role for entry in self.participants if not entry.certified)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise FieldFault(message("zona waktu tidak dikenal; pakai misalnya Asia/Jakarta"))
        return value

    @field_validator("sections", mode="before")
    @classmethod
    def _as_stored(cls, value: Any) -> Any:
        return as_json(value)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for number, stage in enumerate(self.stages):
            if stage.no != number + 1:
                raise Misfit(message("tahap harus bernomor 1, 2, 3 dan seterusnya"), ("stages", number, "no"))
        self._refuse_doubles()
        for number, stage in enumerate(self.stages):
            for position, entry in enumerate(stage.sessions):
                day = entry.starts_at.astimezone(ZoneInfo(self.timezone)).date()
                if not stage.starts_on <= day <= stage.ends_on:
                    raise Misfit(
                        message(
                            "tahap %(no)s, sesi %(code)s: tanggalnya di luar tahap",
                            no=stage.no,
                            code=entry.code,
                        ),
                        ("stages", number, "sessions", position, "starts_at"),
                    )
        return self

    def _refuse_doubles(self) -> None:
        for what, part, field in (
            (message("kode sesi"), "sessions", "code"),
            (message("tagihan"), "deliverables", "key"),
            (message("modul"), "materials", "module"),
        ):
            seen: set[str] = set()
            for number, stage in enumerate(self.stages):
                for position, entry in enumerate(getattr(stage, part)):
                    value = getattr(entry, field)
                    if value and value in seen:
                        raise Misfit(
                            message("%(what)s dipakai dua kali: %(value)s", what=what, value=str(value)),
                            ("stages", number, part, position, field),
                        )
                    seen.add(value)
        roles = [entry.role for entry in self.participants]
        for position, role in enumerate(roles):
            if role in roles[:position]:
                raise Misfit(
                    message("peran peserta dipakai dua kali: %(role)s", role=role.value),
                    ("participants", position, "role"),
                )

    @property
    def jp_in(self) -> int:
        """In-service JP of all stages."""
        return sum(line.jp_in for stage in self.stages for line in stage.materials)

    @property
    def jp_on(self) -> int:
        """On-service JP of all stages."""
        return sum(line.jp_on for stage in self.stages for line in stage.materials)

    @property
    def outline(self) -> ProgrammeOutline:
        """What a plugin's section is compared with."""
        stages = (
            StageOutline(stage.no, stage.title, stage.starts_on, stage.ends_on) for stage in self.stages
        )
        return ProgrammeOutline(self.zone, tuple(stages))

    @property
    def zone(self) -> ZoneInfo:
        """The programme's zone."""
        return ZoneInfo(self.timezone)

    @property
    def first_day(self) -> date:
        """The day on which the first stage starts."""
        return min(stage.starts_on for stage in self.stages)

    @property
    def last_day(self) -> date:
        """The day on which the last stage ends."""
        return max(stage.ends_on for stage in self.stages)

    def is_over(self, now: datetime) -> bool:
        """Whether the last day is past in the programme's zone."""
        return now.astimezone(self.zone).date() > self.last_day


def parse(document: Any, sections: Iterable[ProgrammeSection] = ()) -> Definition:
    """A definition from JSON-like values; raises DefinitionFault with every fault.

    ``sections`` are those of plugins that are checked with the whole; others are taken as they stand, so that what is stored
    stays readable.
    """
    if odd := list(_odd_texts(document, ())):
        raise DefinitionFault([message("memuat tanda yang tidak dapat disimpan") for _path in odd], odd)
    definition, faults = None, DefinitionFault(())
    try:
        definition = Definition.model_validate(document)
    except ValidationError as error:
        faults = of_errors(error.errors())
    written = document.get("sections") if isinstance(document, dict) else None
    values, more = check_sections(written, sections, definition.outline if definition else None)
    if definition is None or more.faults:
        raise DefinitionFault((*faults.faults, *more.faults), (*faults.paths, *more.paths))
    return definition.model_copy(update={"sections": values})


def _odd_texts(value: Any, path: Path) -> Iterator[Path]:
    """Where a text holds what no database stores; YAML can write such signs in plain letters."""
    if isinstance(value, str) and not is_text(value):
        yield path
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _odd_texts(key, path) if isinstance(key, str) else ()
            yield from _odd_texts(entry, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for position, entry in enumerate(value):
            yield from _odd_texts(entry, (*path, position))


def dump(definition: Definition) -> dict[str, Any]:
    """The definition as JSON values, defaults included."""
    values = definition.model_dump(mode="json")
    if not values["sections"]:
        del values["sections"]
    return values


def refuse_unknown_keys(
    definition: Definition, *, modules: set[str], readable: set[str], deliverables: set[str], rules: set[str]
) -> None:
    """Raise DefinitionFault naming every key that no installed plugin brings.

    ``readable`` are the modules that bring a text, so that its reading can be required.
    """
    faults: list[Text] = []
    paths: list[Path] = []
    for number, stage in enumerate(definition.stages):
        to_read = [
            line.module if line.reading_required and line.module in modules else ""
            for line in stage.materials
        ]
        for what, part, field, wanted, known in (
            (message("modul"), "materials", "module", [line.module for line in stage.materials], modules),
            (message("bacaan modul"), "materials", "reading_required", to_read, readable),
            (
                message("tagihan"),
                "deliverables",
                "key",
                [entry.key for entry in stage.deliverables],
                deliverables,
            ),
            (message("aturan"), "rules", "rule", [entry.rule for entry in stage.rules], rules),
        ):
            for position, key in enumerate(wanted):
                if key and key not in known:
                    faults.append(
                        message("tahap %(no)s: %(what)s '%(key)s' tidak ada", no=stage.no, what=what, key=key)
                    )
                    paths.append(("stages", number, part, position, field))
    if faults:
        raise DefinitionFault(faults, paths)


def refuse_bad_numbers(definition: Definition, unit_code: str) -> None:
    """Raise DefinitionFault when two agencies, or two years, could give the same certificate number, or it is too long.

    Asked of what comes into force only: an older definition must stay readable.
    """
    terms = definition.certificate
    path: Path = ("certificate", "number_pattern")
    missing = [name for name in ("{unit_code", "{year") if name not in terms.number_pattern]
    if missing:
        words = ", ".join(f"{name}}}" for name in missing)
        raise DefinitionFault([placed(path, message("harus memuat %(names)s", names=words))], [path])
    longest = terms.number_pattern.format(
        seq=999_999, unit_code=unit_code, classification=terms.classification, year=9999
    )
    if len(longest) > LONGEST_NUMBER:
        too_long = message(
            "nomornya menjadi %(length)s huruf, paling banyak %(most)s",
            length=len(longest),
            most=LONGEST_NUMBER,
        )
        raise DefinitionFault([placed(path, too_long)], [path])


@cache
def _zones() -> frozenset[str]:
    """The time zones that this machine knows; reading their folder takes 15 ms."""
    return frozenset(available_timezones())
