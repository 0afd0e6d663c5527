"""How long ik-migrate takes, beside what else could be done with the same files."""
