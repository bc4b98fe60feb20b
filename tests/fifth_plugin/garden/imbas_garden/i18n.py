"""Sentences of this module, from its own catalogue."""

from lms.api import Translator

_own = Translator("imbas_garden")
_, message = _own.gettext, _own.message
