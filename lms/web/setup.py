"""What the frame of every page brings: health, the style guide, filters, counting."""

from pathlib import Path

from lms.platform.core import Core
from lms.web import health, offline, styleguide
from lms.web.page_frame import init_app


def setup(core: Core) -> None:
    """Add it to what the application runs."""
    core.blueprints += [health.bp, styleguide.bp, offline.bp]
    core.static_folders[""] = Path(__file__).parent / "static"
    core.init_app.append(init_app)
