"""What ``celery --app celery_worker`` loads."""

from lms.app import create_app
from lms.platform.memory import settle

celery = create_app().extensions["celery"]
settle()
