"""What an agency may choose about the item analysis."""

from typing import Annotated, Self

from flask_babel import gettext as _
from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from lms.api import FieldLabel, Text, TypedFields, place_of_programme, plugin_settings


class AnalysisLimits(TypedFields):
    """From how many participants figures of an item analysis mean something (requirement F5: 20 and 30)."""

    scarce: Annotated[
        int,
        Field(ge=10, le=200),
        FieldLabel(
            Text("Peserta paling sedikit untuk kategori", "Participants for a category"),
            help=Text(
                "Di bawah jumlah ini angka butir soal tampil tanpa kategori.",
                "Below this number figures of an item are shown without a category.",
            ),
        ),
    ] = 20
    few: Annotated[
        int,
        Field(ge=10, le=500),
        FieldLabel(
            Text("Peserta paling sedikit tanpa peringatan", "Participants without a warning"),
            help=Text(
                "Di bawah jumlah ini halaman analisis meminta pembaca berhati-hati.",
                "Below this number the page of the analysis asks readers to be careful.",
            ),
        ),
    ] = 30

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.few < self.scarce:
            raise ValueError(_("jumlah tanpa peringatan tidak boleh di bawah jumlah untuk kategori"))
        return self


def limits_of(session: Session, programme_id: int) -> AnalysisLimits:
    """What the agency of a programme has chosen."""
    agency_id = place_of_programme(session, programme_id).agency_id or 0
    return plugin_settings(session, agency_id, AnalysisLimits)
