"""The government grant (bantuan pemerintah) of model schools, and the report on its use."""
