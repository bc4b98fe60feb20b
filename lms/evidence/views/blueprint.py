"""The blueprint that all pages of evidence hang on."""

from flask import Blueprint

bp = Blueprint("evidence", __name__, template_folder="../templates", url_prefix="/bukti")
