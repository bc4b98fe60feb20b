"""The ``lms`` command: one file per command; domains and plugins add groups of their own."""

from lms.cli.main import main

__all__ = ["main"]
