"""When things are: stages, sessions, deadlines and their moves."""
