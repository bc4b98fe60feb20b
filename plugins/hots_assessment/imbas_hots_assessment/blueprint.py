"""The Flask blueprint that every page of this module hangs on."""

from flask import Blueprint

bp = Blueprint("hots_assessment", __name__, template_folder="templates")
SCHOOL = "/<int:programme_id>/<int:school_id>"
CARD = "/kartu/<int:card_id>"
ANALYSIS = "/analisis/<int:programme_id>"
