"""What an agency may choose about the item analysis."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from imbas_hots_assessment.i18n import message
from lms.api import FieldFault, FieldLabel, TypedFields, place_of_programme, plugin_settings


class AnalysisLimits(TypedFields):
    """From how many participants figures of an item analysis mean something (requirement F5: 20 and 30)."""

    scarce: Annotated[
        int,
        Field(ge=10, le=200),
        FieldLabel(
            message("Peserta paling sedikit untuk kategori"),
            help=message("Di bawah jumlah ini angka butir soal tampil tanpa kategori."),
        ),
    ] = 20
    few: Annotated[
        int,
        Field(ge=10, le=500),
        FieldLabel(
            message("Peserta paling sedikit tanpa peringatan"),
            help=message("Di bawah jumlah ini halaman analisis meminta pembaca berhati-hati."),
        ),
    ] = 30

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.few < self.scarce:
            raise FieldFault(message("jumlah tanpa peringatan tidak boleh di bawah jumlah untuk kategori"))
        return self


def limits_of(session: Session, programme_id: int) -> AnalysisLimits:
    """What the agency of a programme has chosen."""
    agency_id = place_of_programme(session, programme_id).agency_id or 0
    return plugin_settings(session, agency_id, AnalysisLimits)
