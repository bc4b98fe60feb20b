"""Pages of the desk: the queue, a piece of evidence, the essays of an attempt."""

from lms.grading.views.essays import bp as essays
from lms.grading.views.evidence import bp as evidence
from lms.grading.views.queue import bp as queue

BLUEPRINTS = (queue, evidence, essays)
