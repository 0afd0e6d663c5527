"""The command line: options in, a report out, an exit status. No logic of its own."""

from ik_migrate.cli.group import main

__all__ = ["main"]
