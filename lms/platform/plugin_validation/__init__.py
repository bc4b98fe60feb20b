"""What makes a plugin refused. Each fault is a sentence that names the plugin, the thing, and what to do."""
