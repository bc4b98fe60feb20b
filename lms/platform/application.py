"""The parts of a running application, each under its name and with its type."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

if TYPE_CHECKING:
    from celery import Celery
    from sqlalchemy import Engine

    from lms.contract.events import Task
    from lms.platform.clock import Clock
    from lms.platform.core import Core
    from lms.platform.outbox import Outbox
    from lms.platform.plugins import PluginManager
    from lms.platform.retention import Retention
    from lms.platform.schema import Component
    from lms.platform.storage import Storage
    from lms.settings import Settings

KEY = "imbas"
"""Where an application keeps its parts, among Flask's extensions."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Platform:
    """What ``create_app`` made. One per application; tests may put another part in its place."""

    settings: "Settings"
    core: "Core"
    plugins: "PluginManager"
    clock: "Clock"
    storage: "Storage"
    outbox: "Outbox"
    celery: "Celery"
    components: "tuple[Component, ...]"
    """The core and the plugins that have tables, each with its migrations."""
    tasks: "tuple[Task, ...]"
    retention: "tuple[Retention, ...]"
    reading_engine: "Engine | None" = None
    """Where pages read without a transaction; None where the writing engine serves both."""


def platform(app: Flask | None = None) -> Platform:
    """The parts of ``app``, or of the current application."""
    return cast(Platform, (app or current_app).extensions[KEY])
