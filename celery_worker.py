"""What ``celery --app celery_worker`` loads."""

from lms.app import create_app
from lms.platform.application import platform
from lms.platform.gc_tuning import tune_gc

celery = platform(create_app()).celery
tune_gc()
