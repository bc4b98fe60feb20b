"""Until the certificate pages exist the frame's link to them needs a place to go."""

import pytest
from flask import Flask

from lms.web.routing import public


@pytest.fixture(autouse=True)
def _certificate_check(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        app: Flask = request.getfixturevalue("app")
        if "certificates.check" not in app.view_functions:
            app.add_url_rule("/cek", "certificates.check", public(lambda: "ok"))
