"""One module for each ImageKit 2 pattern: its rules, how to find it, and the rewrite."""
