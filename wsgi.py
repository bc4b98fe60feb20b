"""What a WSGI server loads."""

from lms.app import create_app
from lms.platform.gc_tuning import settle

app = create_app()
settle()
