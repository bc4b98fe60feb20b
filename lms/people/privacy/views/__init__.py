"""Pages of one's own data, and of erasing somebody's."""
