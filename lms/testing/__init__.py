"""The shipped pytest plugin: applications, databases, a clock, factories and ``check_plugin``.

Load it with ``pytest_plugins = ["lms.testing.fixtures"]``.
"""

from lms.platform.transaction import write

__all__ = ["write"]
