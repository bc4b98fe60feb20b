"""The world as it was before a request that was let in."""

import shutil
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from lms.platform.db import db


class Snapshot:
    """A copy of the database that the application of this context uses; ``restore`` brings it back."""

    def __init__(self) -> None:
        self.url = make_url(str(db.engine.url.render_as_string(hide_password=False)))
        self.name = str(self.url.database)
        db.session.remove()
        db.engine.dispose()
        if self._is_sqlite:
            shutil.copyfile(self.name, f"{self.name}.kept")
        else:
            self._run(f'CREATE DATABASE "{self.name}_kept" TEMPLATE "{self.name}"')

    def restore(self) -> None:
        """Everything as it was."""
        db.session.remove()
        db.engine.dispose()
        if self._is_sqlite:
            for side in ("-wal", "-shm"):
                Path(f"{self.name}{side}").unlink(missing_ok=True)
            shutil.copyfile(f"{self.name}.kept", self.name)
        else:
            self._run(f'DROP DATABASE "{self.name}" WITH (FORCE)')
            self._run(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}_kept"')

    def drop(self) -> None:
        """Remove the copy."""
        if not self._is_sqlite:
            self._run(f'DROP DATABASE "{self.name}_kept" WITH (FORCE)')

    @property
    def _is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()
