"""How a file is refused: what is wrong with it, that the rest is safe, what to do."""

from lms.contract.errors import Invalid
from lms.contract.text import Text


def refused(name: str, why_id: str, why_en: str) -> Invalid:
    """The error for the file ``name``; each reason says what to do next."""
    return Invalid(
        Text(
            f"{name} {why_id}. Berkas lain tetap aman.",
            f"{name} {why_en}. Other files are safe.",
        )
    )
