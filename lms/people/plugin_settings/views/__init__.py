"""Pages of settings of plugins."""
