"""Settings of plugins: what each agency has chosen, and the pages for it."""
