"""A material module placed in a stage: its text, and who has read what.

Knows the contract's ModuleType; knows no module.
"""
