"""Reviewable documents that plugins declare: written in parts, locked, reviewed, kept in versions, printed, handed in."""
