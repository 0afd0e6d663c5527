"""Files through the rules: facts, findings, rewrites, checks."""
