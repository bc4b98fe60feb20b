"""A list as people have it, read in a child process within strict limits."""

from dataclasses import dataclass

from lms.contract.errors import TooLarge
from lms.contract.text import message
from lms.platform.isolated import run_isolated

MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet that is shown; ``name`` is empty for CSV. Rows and columns stand where the file has them."""

    name: str
    rows: list[list[str]]


def read_sheets(data: bytes) -> list[Sheet]:
    """The sheets of a file (xlsx, xls, ods, CSV of any make); raises Invalid, TooLarge or ServerBusy.

    Hidden sheets are left out. Takes up to seconds: call it before the transaction.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(message("Berkas daftar paling besar 4 MB. Belum ada yang diubah."))
    return [
        Sheet(name, rows)
        for name, rows in run_isolated("lms.people.directory.spreadsheet_parser:read_sheets", data)
    ]
