"""The worker's application belongs to one Flask application alone."""

import gc
import weakref

from flask import Flask

from lms.platform.worker import make_celery


def test_an_application_that_nobody_uses_any_more_goes() -> None:
    """Celery keeps shared tasks, and with them what they close over, for every application of the process."""
    app = Flask("lms")
    make_celery(app, "memory://").finalize()
    kept = weakref.ref(app)
    del app
    gc.collect()
    assert kept() is None


def test_two_applications_have_each_its_own_tasks() -> None:
    one, other = make_celery(Flask("one"), "memory://"), make_celery(Flask("other"), "memory://")
    one.finalize()
    other.finalize()
    assert one.tasks["lms.drain"].app is one
    assert other.tasks["lms.drain"].app is other
