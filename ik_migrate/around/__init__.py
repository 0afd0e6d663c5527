"""What stands around the code: management commands, requirements, and the versions they name."""
