"""One file as text and syntax: tree, scopes, strings and comments."""
