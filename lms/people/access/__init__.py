"""What each may do, and where: roles, the one decision, and the pages on which accounts are run."""
