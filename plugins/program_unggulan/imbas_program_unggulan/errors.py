"""What this module refuses, in words: what happened, whether the work is safe, what next."""

from lms.api import Invalid, Text

HAS_MEASURES = Text(
    "Sasaran ini sudah punya hasil pengukuran. Tidak ada yang dihapus. Hapus pengukurannya dulu.",
    "This goal has measurements. Nothing was removed. Remove its measurements first.",
)


def not_ready_to_measure() -> Invalid:
    """Baseline or target are missing."""
    return _invalid(
        "value",
        "Isi data awal dan target sasaran ini dulu, lalu catat hasilnya.",
        "Enter this goal's baseline and target first, then record the result.",
    )


def measured_before_baseline() -> Invalid:
    """A measurement is older than the baseline."""
    return _invalid(
        "measured_on",
        "Tanggal ukur tidak boleh sebelum tanggal data awal.",
        "The day of measuring must not be before the day of the baseline.",
    )


def measured_in_future() -> Invalid:
    """A measurement of a day to come."""
    return _invalid(
        "measured_on",
        "Tanggal ukur tidak boleh sesudah hari ini.",
        "The day of measuring must not be after today.",
    )


def measured_already() -> Invalid:
    """One value per goal and day."""
    return _invalid(
        "measured_on",
        "Tanggal ini sudah punya hasil. Hapus yang lama, atau pilih tanggal lain.",
        "This day already has a result. Remove the old one, or choose another day.",
    )


def _invalid(field: str, text_id: str, text_en: str) -> Invalid:
    return Invalid.at(field, Text(text_id, text_en))
