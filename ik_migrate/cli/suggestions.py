"""What a mistyped command or option may mean."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click

from ik_migrate.model.did_you_mean import nearest

_COMMANDS = {
    **dict.fromkeys(("check", "lint", "run", "report", "analyze", "analyse"), "scan"),
    **dict.fromkeys(("fix", "migrate", "rewrite", "upgrade", "write"), "apply"),
    **dict.fromkeys(("diff", "dry-run", "preview"), "apply --diff"),
    **dict.fromkeys(("rule", "show", "doc", "docs"), "explain"),
    **dict.fromkeys(("merge", "combine"), "merge-reports"),
    "help": "--help",
    "version": "--version",
}
"""Commands of other tools, and what they are called here."""

_OPTIONS = {
    **dict.fromkeys(("--fix", "--write", "-w", "--in-place", "--inplace", "--apply"), "ik-migrate apply"),
    **dict.fromkeys(("--dry-run", "--preview"), "ik-migrate apply --diff"),
    "--diff": "ik-migrate apply --diff",
    "--check": "ik-migrate scan",
    "--add-noqa": "ik-migrate apply --add-ignores",
    "--add-ignores": "ik-migrate apply --add-ignores",
    "--interactive": "ik-migrate apply --interactive",
    "-i": "ik-migrate apply --interactive",
    "--backup": "ik-migrate apply --backup",
    "--require-clean": "ik-migrate apply --require-clean",
    "--write-baseline": "ik-migrate scan --write-baseline",
    "--since-report": "ik-migrate scan --since-report",
    "--output-format": "--format",
    "--extend-exclude": "--exclude",
    "--extend-select": "--select",
    "--unsafe": "--unsafe-fixes",
    "--colour": "--color",
}
"""Options of other tools and other commands, and what to use instead."""


def suggest_command(name: str, commands: Iterable[str]) -> str:
    """Return a sentence on what may be meant by a command that does not exist, after a blank; empty for none."""
    if os.path.exists(name):
        return f" For a path: ik-migrate scan {name}"
    other = _COMMANDS.get(name.lower())
    if other:
        return f" Use: ik-migrate {other}"
    return nearest(name, commands, 0.6) or " See: ik-migrate --help"


def explain_unknown_option(error: click.NoSuchOption) -> str:
    """Return the message for an option that does not exist."""
    other = _OPTIONS.get(error.option_name)
    if other:
        return f"No such option: {error.option_name}. Use: {other}"
    possible = [name for name in error.possibilities or () if not name.startswith("--no-")]
    hint = nearest(error.option_name, possible, 0.5) if possible else ""
    return f"No such option: {error.option_name}.{hint}"
