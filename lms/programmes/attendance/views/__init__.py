"""Pages of sessions and their lists."""
