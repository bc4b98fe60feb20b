"""What ``celery --app celery_worker`` loads."""

from lms.app import create_app

celery = create_app().extensions["celery"]
