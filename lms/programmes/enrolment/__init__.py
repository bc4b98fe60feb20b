"""Who takes part: schools of a programme, and people of them."""
