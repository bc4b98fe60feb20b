"""The blueprint that all pages of people hang on."""

from flask import Blueprint

bp = Blueprint("people", __name__, template_folder="templates")
