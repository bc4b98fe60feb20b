"""What a process of pages does not load, since it never needs it."""

import os
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "alembic": "migrations",
    "celery.bin.celery": "the command line of the worker",
    "cryptography.fernet": "secrets of second factors",
    "mako": "migrations",
    "typst": "certificates",
    "xlsxwriter": "exports",
}
"""Module -> what it is for; each costs megabytes in every process."""


def test_pages_start_without_what_they_rarely_need(tmp_path: Path) -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from lms.app import create_app; create_app(); print(*sys.modules)",
        ],
        env=os.environ | {"LMS_DATA": str(tmp_path), "LMS_ENVIRONMENT": "test", "LMS_SECRET_KEY": "k" * 40},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "lms.certificates.views" in found.stdout.split()
    assert {name for name in HEAVY if name in found.stdout.split()} == set()
