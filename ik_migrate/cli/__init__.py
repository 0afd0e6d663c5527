"""The command line: options in, a report out, an exit status. It holds no other logic."""

from ik_migrate.cli.group import main

__all__ = ["main"]
