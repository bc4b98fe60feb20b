"""Lesson plans of teachers, with character, literacy, 4C and higher-order thinking.

Owns a teacher's plans: their parts, tags and state, and the reviews that a colleague with the
headmaster's or facilitator's role gives. The kinds of plan and their parts are data.
"""
