"""Plain data: rules, findings, changes, options, results."""
