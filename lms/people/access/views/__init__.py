"""Pages on which a school runs its accounts, and the agency its roles and schools."""
