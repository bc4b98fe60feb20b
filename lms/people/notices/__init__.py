"""What people are told: notices in Imbas, and for who wants it one e-mail a day."""
