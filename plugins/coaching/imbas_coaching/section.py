"""The section ``coaching`` of a programme's definition: any number of rounds, each for every school."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from imbas_coaching.i18n import message
from lms.api import Day, FieldLabel, ProgrammeOutline, ProgrammeSection, SectionFault, TypedFields


class Round(TypedFields):
    """One round (pendampingan ke-n); tied to a stage or not, with days or without."""

    no: Annotated[int, Field(ge=1, le=12), FieldLabel(message("Nomor"))]
    focus: Annotated[str, Field(min_length=1, max_length=200), FieldLabel(message("Fokus"))]
    stage: Annotated[int | None, FieldLabel(message("Tahap"), help=message("Boleh kosong."))] = None
    starts_on: Annotated[Day | None, FieldLabel(message("Mulai"))] = None
    ends_on: Annotated[Day | None, FieldLabel(message("Selesai"))] = None


class Coaching(TypedFields):
    """The rounds of a programme; an agency plans four as a rule."""

    rounds: Annotated[
        tuple[Round, ...],
        Field(max_length=12),
        FieldLabel(message("Pendampingan ke-"), known_by="no"),
    ] = ()


def check(values: Coaching, outline: ProgrammeOutline) -> Iterator[SectionFault]:
    """Rounds are numbered 1, 2, 3; their stages are the programme's; none ends before it starts."""
    known = {stage.no for stage in outline.stages}
    for position, entry in enumerate(values.rounds):
        at = ("rounds", position)
        if entry.no != position + 1:
            yield SectionFault((*at, "no"), message("pendampingan harus bernomor 1, 2, 3 dan seterusnya"))
        if entry.stage is not None and entry.stage not in known:
            sentence = message(
                "pendampingan ke-%(no)s: tahap %(stage)s tidak ada", no=entry.no, stage=entry.stage
            )
            yield SectionFault((*at, "stage"), sentence)
        if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
            sentence = message("pendampingan ke-%(no)s: harus selesai setelah mulai", no=entry.no)
            yield SectionFault((*at, "ends_on"), sentence)


SECTION = ProgrammeSection(
    key="coaching",
    title=message("Pendampingan"),
    model=Coaching,
    check=check,
    only_shown=True,
)
