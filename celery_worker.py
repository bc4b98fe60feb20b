"""What ``celery --app celery_worker`` loads."""

from lms.app import create_app
from lms.platform.gc_tuning import tune_gc

celery = create_app().extensions["celery"]
tune_gc()
