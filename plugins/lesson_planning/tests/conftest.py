"""Two schools of a running programme in which the module is placed."""

import pytest
from flask import Flask

from lms.testing.world import World, make_world


@pytest.fixture
def world(app: Flask) -> World:
    return make_world("lesson_planning", title="RPP terintegrasi", school_name="SD Negeri 26")
