"""Two schools of a running programme in which the module is placed."""

import pytest
from flask import Flask

from lms.api import Role
from lms.testing.world import World, make_world


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(
        "program_unggulan", title="Program unggulan", school_name="SD Negeri 26", stranger=Role.QUALITY_TEAM
    )
