"""Who there is: agencies, schools, persons, and how lists of them are read. Knows no account and no page."""
