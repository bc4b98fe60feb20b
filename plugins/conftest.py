"""The modules' tests use the fixtures that are shipped to plugin authors."""

pytest_plugins = ["lms.testing.fixtures"]
