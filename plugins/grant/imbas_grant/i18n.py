"""Sentences of this module: ``_`` at once, ``message`` later; all from its own catalogue."""

from lms.api import Translator

_own = Translator("imbas_grant")
_, message = _own.gettext, _own.message
