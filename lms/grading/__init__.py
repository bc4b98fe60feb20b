"""The grader's day: one fair queue over evidence and essays, a lease on what is read, the two desks."""
