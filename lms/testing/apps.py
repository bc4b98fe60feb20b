"""Applications for tests: what is the same for all of them is read and compiled once a process."""

from dataclasses import replace
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.app import create_app, load_plugins
from lms.platform.clock import Clock
from lms.platform.plugin_failures import Failures
from lms.platform.plugins import PluginManager
from lms.settings import Settings


class Browser(FlaskClient):
    """A browser without script, each of whose requests has an application context of its own.

    Tests stand in a context already; without a fresh one, requests would share ``g`` and so the
    person signed in.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request, and read the answer to its end unless ``buffered=False``."""
        kwargs.setdefault("buffered", True)
        with self.application.app_context():
            return super().open(*args, **kwargs)


class RememberedRule(Rule):
    """A rule of addresses that is compiled once a process: 250 of them take longer than most tests."""

    def compile(self) -> None:
        """Take what the same rule of an earlier application was compiled to."""
        key = (self.rule, self.endpoint, self.subdomain, repr(self.defaults), self.merge_slashes)
        if (found := _RULES.get(key)) is None:
            before = dict(vars(self))
            super().compile()
            found = {name: value for name, value in vars(self).items() if value is not before.get(name)}
            _RULES[key] = found = found | {"arguments": self.arguments}
        vars(self).update(found)


def make_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """An application with the installed plugins, whose test clients are browsers."""
    Flask.url_rule_class = RememberedRule
    app = create_app(settings, plugins=replace(_installed(), failures=Failures()), clock=clock)
    app.jinja_env.bytecode_cache = _TEMPLATES
    app.test_client_class = Browser
    return app


@cache
def _installed() -> PluginManager:
    return load_plugins()


class _Compiled(BytecodeCache):
    """Compiled templates, by name and by the hash of their source."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what an earlier application has compiled."""
        if found := self.code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next application."""
        self.code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_TEMPLATES = _Compiled()
_RULES: dict[tuple[object, ...], dict[str, Any]] = {}
"""A rule -> what compiling it set."""
