"""Sentences of this module: ``_`` and ``ngettext`` at once, ``message`` later; all from its own catalogue."""

from lms.api import Translator

_own = Translator("imbas_spmi_documents")
_, ngettext = _own.gettext, _own.ngettext
message, counted_message, message_in = _own.message, _own.counted_message, _own.message_in
