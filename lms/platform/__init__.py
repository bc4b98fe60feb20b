"""What every domain stands on: database, transactions, outbox, worker, clock, storage, plugins.

Knows nothing about schools, quizzes or certificates.
"""
