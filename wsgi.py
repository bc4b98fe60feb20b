"""What a WSGI server loads."""

from lms.app import create_app
from lms.platform.gc_tuning import tune_gc

app = create_app()
tune_gc()
