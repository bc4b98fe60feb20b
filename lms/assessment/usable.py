"""Whether a quiz can be shown at all: every kind of its questions is installed, and each has its shape."""

from collections.abc import Iterable

from lms.assessment.quiz_versions import LoadedItem
from lms.contract.errors import Conflict
from lms.contract.item_shapes import shape_faults
from lms.contract.text import Text, message
from lms.platform.plugins import registry

_GONE = message(
    "Kuis ini milik modul yang sedang tidak terpasang. Jawaban dan nilai tetap aman, dan kuis tidak dikumpulkan "
    "selama itu. Hubungi admin; waktu yang hilang dapat ditambah."
)
_BROKEN = message(
    "Ada soal kuis ini yang rusak, jadi kuis belum dapat dikerjakan. Jawaban dan nilai tetap aman. Hubungi admin."
)


def why_unusable(items: Iterable[LoadedItem]) -> Text | None:
    """Why nobody can work on these questions now; None when everybody can."""
    items = tuple(items)
    if any(item.type not in registry().item_types for item in items):
        return _GONE
    if any(shape_faults(item.body, item.secret) for item in items):
        return _BROKEN
    return None


def refuse_unusable(items: Iterable[LoadedItem]) -> None:
    """Raise Conflict with the reason when nobody can work on these questions now."""
    if reason := why_unusable(items):
        raise Conflict(reason)
