"""Benchmarks that anyone can run: ``python -m bench`` lists them; figures stand in README.md."""
