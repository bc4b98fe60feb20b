"""What ``celery --app celery_worker`` loads."""

from lms.app import create_app
from lms.platform.gc_tuning import settle

celery = create_app().extensions["celery"]
settle()
