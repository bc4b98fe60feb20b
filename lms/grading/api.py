"""Public interface of this domain: the queue and the lease."""

from lms.grading.claims import give_back
from lms.grading.models import Kind
from lms.grading.queue import queue, take_next

__all__ = ["Kind", "give_back", "queue", "take_next"]
