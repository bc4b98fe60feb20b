"""Who it is that comes: accounts, passwords, sign-ins, the second factor, and how guessers are slowed."""
