"""Pages of making and changing programmes."""
