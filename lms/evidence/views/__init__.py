"""Pages of evidence: the school's board, one submission and what is done to it, files, uploads."""

from lms.evidence.views import actions, board, files, submission
from lms.evidence.views.blueprint import bp
from lms.evidence.views.form_files import bp as form_files_bp
from lms.evidence.views.tus import bp as tus_bp

__all__ = ["BLUEPRINTS", "actions", "board", "files", "submission"]

BLUEPRINTS = (bp, tus_bp, form_files_bp)
