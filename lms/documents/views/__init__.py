"""Pages of documents. They stand under the plugin's own addresses (``pages.py``); the templates are the core's."""

from flask import Blueprint

bp = Blueprint("documents", __name__, template_folder="../templates")

__all__ = ["bp"]
