"""Dissemination (pengimbasan): what a model school passes on to its imbas schools, and the report on it."""
