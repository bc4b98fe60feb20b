"""Bottom layer: plain Python that the core and every plugin agree on.

Nothing here imports Flask, SQLAlchemy or Celery, and nothing here reads a clock, a file or a
database. Values are frozen; behaviour sits in callables on the values.
"""
