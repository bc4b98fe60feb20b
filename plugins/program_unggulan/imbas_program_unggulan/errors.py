"""What this module refuses, in words: what happened, whether the work is safe, what next."""

from imbas_program_unggulan.i18n import message
from lms.api import Invalid

HAS_MEASURES = message(
    "Sasaran ini sudah punya hasil pengukuran. Tidak ada yang dihapus. Hapus pengukurannya dulu."
)


def not_ready_to_measure() -> Invalid:
    """Baseline or target are missing."""
    return Invalid.at(
        "value",
        message("Isi data awal dan target sasaran ini dulu, lalu catat hasilnya."),
    )


def measured_before_baseline() -> Invalid:
    """A measurement is older than the baseline."""
    return Invalid.at(
        "measured_on",
        message("Tanggal ukur tidak boleh sebelum tanggal data awal."),
    )


def measured_in_future() -> Invalid:
    """A measurement of a day to come."""
    return Invalid.at(
        "measured_on",
        message("Tanggal ukur tidak boleh sesudah hari ini."),
    )


def measured_already() -> Invalid:
    """One value per goal and day."""
    return Invalid.at(
        "measured_on",
        message("Tanggal ini sudah punya hasil. Hapus yang lama, atau pilih tanggal lain."),
    )
