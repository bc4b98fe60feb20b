"""The one migration environment, for the core and for every plugin."""

from alembic import context

from lms.platform.migrate import context_options
from lms.platform.schema import Component

part: Component = context.config.attributes["component"]
connection = context.config.attributes["connection"]

context.configure(connection=connection, transactional_ddl=False, **context_options(part, connection))
context.run_migrations()
