"""The copy on which something is tried out: what a killed process left is tidied away."""

import os
from pathlib import Path

import pytest
from flask import Flask

from lms.platform.db import db
from lms.platform.trial_copy import LEFT_SECONDS, PREFIX, scratch


@pytest.mark.only_on("sqlite")  # PostgreSQL needs no copy
def test_copies_that_a_killed_process_left_are_tidied_away(app: Flask) -> None:
    place = Path(str(db.engine.url.database)).parent
    left, at_work = place / f"{PREFIX}left", place / f"{PREFIX}at-work"
    for folder in (left, at_work):
        folder.mkdir()
        (folder / "copy.sqlite3").touch()
    before = at_work.stat().st_mtime - LEFT_SECONDS - 1
    os.utime(left, (before, before))
    with scratch():
        assert not left.exists()
        assert at_work.exists()
