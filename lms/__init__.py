"""Imbas: a plugin-based LMS for the blended coaching of model schools and their imbas schools."""

__version__ = "0.1.0"
