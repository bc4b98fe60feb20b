"""Programmes: the versioned definition, stages, in-service sessions and attendance, schools, enrolment.

Owns when things are due. Knows which keys a definition names, but not what they mean: modules,
quizzes and deliverables of a definition are applied by the domains above (``apply_definition``).
"""
