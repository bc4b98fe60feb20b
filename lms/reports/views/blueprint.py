"""The blueprint of the first screens, the control room and the agenda."""

from flask import Blueprint

bp = Blueprint("reports", __name__, template_folder="../templates")
