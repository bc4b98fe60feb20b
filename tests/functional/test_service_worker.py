"""The service worker's script, and what stands under the two decorators of offline pages."""

import pytest
from flask import Flask

from lms.api import command, offline_command, offline_page, page
from lms.web.headers import CONTENT_SECURITY_POLICY


def test_the_script_stands_at_the_root_so_that_it_sees_every_page(app: Flask) -> None:
    answer = app.test_client().get("/sw.js", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_browser_asks_for_it_again_each_time_and_gets_it_only_when_it_has_changed(app: Flask) -> None:
    browser = app.test_client()
    first = browser.get("/sw.js")
    assert first.headers["Cache-Control"] == "max-age=0, must-revalidate"
    again = browser.get("/sw.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_may_ask_us_and_nobody_else(app: Flask) -> None:
    policy = app.test_client().get("/sw.js").headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; connect-src 'self'"
    assert "worker-src 'self'" in CONTENT_SECURITY_POLICY


def test_a_decorator_in_the_wrong_place_is_told_at_once() -> None:
    """Above the rule a receipt would not be stored with the work, and a second one would differ."""

    def view() -> str:
        return ""

    with pytest.raises(TypeError, match="offline_command under @command"):
        offline_command(command("garden.plant")(view))
    with pytest.raises(TypeError, match="offline_page under @page"):
        offline_page(page("garden.view")(view))
