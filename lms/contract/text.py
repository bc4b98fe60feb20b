"""Text in both interface languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A short text in Indonesian and English; Indonesian is the source language."""

    id: str
    en: str

    def in_(self, locale: str) -> str:
        """The text for ``locale``; Indonesian when the locale is neither."""
        return self.en if locale == "en" else self.id
