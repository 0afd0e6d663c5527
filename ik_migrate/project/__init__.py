"""Names and files across a project."""
