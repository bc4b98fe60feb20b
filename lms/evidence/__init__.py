"""On-service deliverables: who owes what, files, versions, approval, review by rubric, grades.

A file counts only after its content was parsed; a version that was handed in never changes.
"""
