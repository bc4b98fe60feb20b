"""Parts of a definition: attendance, passing, the certificate, and the types of their fields."""

import re
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from lms.contract.text import message
from lms.contract.typed_fields import FieldFault, TypedFields

_BLANK = r"\{(?:unit_code|classification|(?:seq|year)(?::0?[1-9]?d?)?)\}"
LONGEST_NUMBER = 80
"""Characters of a certificate's number, as its column has them."""
_NUMBER_PATTERN = re.compile(rf"(?:[^{{}}]|{_BLANK})*")
"""What a certificate's number is made of: plain text, and blanks of at most nine figures."""


Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,60}$")]


class Attendance(TypedFields):
    """How presence is judged: the union of intervals as a share of the session."""

    minimum_share: Decimal = Field(default=Decimal("0.80"), gt=0, le=1)
    excused_counts: bool = False


class Weights(TypedFields):
    """Percent of the final score (nilai akhir)."""

    activity: Percent = Decimal(10)
    quizzes: Percent = Decimal(30)
    products: Percent = Decimal(60)

    @model_validator(mode="after")
    def _sum(self) -> Self:
        if self.activity + self.quizzes + self.products != 100:
            raise FieldFault(message("jumlah bobot harus 100"))
        return self


class Predicate(TypedFields):
    """A label from ``minimum`` up (inclusive)."""

    label: Name
    minimum: Percent


class Passing(TypedFields):
    """The gates and the final score."""

    attendance_percent: Percent = Decimal(90)
    product_minimum: Percent = Decimal(70)
    final_minimum: Percent = Decimal(70)
    school_share_percent: Percent = Decimal(75)
    """A school's phase is complete when this share of its participants has completed theirs."""
    weights: Weights = Weights()
    predicates: tuple[Predicate, ...] = (
        Predicate(label="Amat Baik", minimum=Decimal(90)),
        Predicate(label="Baik", minimum=Decimal(80)),
        Predicate(label="Cukup", minimum=Decimal(70)),
    )

    @field_validator("predicates")
    @classmethod
    def _descending(cls, value: tuple[Predicate, ...]) -> tuple[Predicate, ...]:
        minima = [predicate.minimum for predicate in value]
        if not minima or minima != sorted(minima, reverse=True) or len(set(minima)) != len(minima):
            raise FieldFault(message("predikat harus berurutan dari batas tertinggi, tanpa batas yang sama"))
        return value


class Signer(TypedFields):
    """Who signs; texts as they are printed."""

    position: Name
    name: Name
    nip: str = Field(default="", max_length=40)


class Certificate(TypedFields):
    """What certificates say and how they are numbered; the paper has room for texts as long as each may be."""

    agency: str = Field(default="", max_length=200)
    """The office as papers name it (LPMP, since 2022 BPMP or BBPMP); empty: the name it is registered by."""
    letterhead: tuple[Name, ...] = Field(default=(), max_length=6)
    """Lines above the office's name; none: those of the office."""
    title: Name = "SERTIFIKAT"
    school_title: Name = "PIAGAM"
    activity: Name
    number_pattern: str = Field(default="{seq:04d}/{unit_code}/{classification}/{year}", max_length=60)
    classification: str = Field(default="GT.03.00", max_length=20)
    city: Name
    signer: Signer
    responsible: Signer
    show_scores: bool = False

    @field_validator("number_pattern")
    @classmethod
    def _usable(cls, value: str) -> str:
        if not _NUMBER_PATTERN.fullmatch(value):
            raise FieldFault(message("pola nomor hanya boleh memakai seq, unit_code, classification, year"))
        if "{seq" not in value:
            raise FieldFault(message("pola nomor harus memuat {seq}"))
        return value
