"""Higher-order assessment (HOTS).

Owns the item formats beyond the plainest, a teacher's blueprint and item cards with their review,
and the item analysis of a quiz.
"""
