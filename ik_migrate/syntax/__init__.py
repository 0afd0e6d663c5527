"""Python files as they are read, Python 3 and 2: text, tokens, syntax trees, scopes, strings and comments."""
