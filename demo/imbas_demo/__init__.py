"""Invented people at work, through the same use cases as real ones: ``lms demo`` and ``lms simulate``.

A distribution of its own: what an agency installs holds no invented people. Nothing here knows a module by name:
``programme.yaml`` says what is taken, and the installed plugins say how.
"""
