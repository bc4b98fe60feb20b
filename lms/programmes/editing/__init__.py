"""Bringing a definition into force: by form, as YAML, tried out before; a programme's start and end."""
