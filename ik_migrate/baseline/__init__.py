"""The baseline: known findings, so that only new ones count."""
