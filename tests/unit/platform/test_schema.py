"""Where a schema stands is read from files and tables, and is what Alembic would say."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask

from lms.platform import migrate, schema
from lms.platform.application import platform


@pytest.mark.modules
def test_the_head_is_what_alembic_says(app: Flask) -> None:
    parts = platform(app).components
    assert len(parts) > 1
    for part in parts:
        scripts = ScriptDirectory.from_config(migrate._config(part))
        assert schema.head(part.versions) == scripts.get_current_head()


def test_the_head_follows_revisions_and_not_file_names(tmp_path: Path) -> None:
    (tmp_path / "z.py").write_text('revision = "one"\ndown_revision = None\n')
    (tmp_path / "a.py").write_text('"""Words."""\nrevision: str = "two"\ndown_revision: str | None = "one"\n')
    assert schema.head(tmp_path) == "two"
    assert schema.head(tmp_path / "none") is None
