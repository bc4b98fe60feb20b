"""The garden's pages stand under ``/m/garden``."""

from flask import Blueprint

bp = Blueprint("garden", __name__, template_folder="templates")
