"""Coaching (pendampingan): how often the agency coaches each school of a programme, about what, and when."""
