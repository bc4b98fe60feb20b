"""The one migration environment, for the core and for every plugin."""

from alembic import context

from lms.platform.migrate import context_options, refuse_dangling
from lms.platform.schema import Component

part: Component = context.config.attributes["component"]
connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    transactional_ddl=True,  # SQLite's, too: where it begins is said by the engine
    transaction_per_migration=True,
    on_version_apply=lambda **applied: refuse_dangling(applied["ctx"].connection),
    **context_options(part, connection),
)
context.run_migrations()
