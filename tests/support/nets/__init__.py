"""Nets under all rules: what holds for every project that is migrated, whatever is in it."""
