"""Invented people at work, through the same use cases as real ones: the demonstration and the province.

Nothing here knows a module by name: the programme's definition, which lies beside the core, says
what is taken, and the installed plugins say how.
"""
