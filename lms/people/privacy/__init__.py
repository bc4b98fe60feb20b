"""A person's own data: shown, taken along as a file, erased."""
