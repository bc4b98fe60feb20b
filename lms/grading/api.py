"""The door of this domain: the queue and the lease."""

from lms.grading.claims import give_back, read_by_another, take
from lms.grading.models import Kind
from lms.grading.queue import Queue, WorkItem, queue, take_next

__all__ = ["Kind", "Queue", "WorkItem", "give_back", "queue", "read_by_another", "take", "take_next"]
