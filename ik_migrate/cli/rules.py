"""``ik-migrate rules`` and ``ik-migrate explain``: what the rules say."""

from __future__ import annotations

import sys

import click

from ik_migrate.cli.completion import complete_codes
from ik_migrate.cli.terminal_options import COLORS, color_option


@click.command()
@color_option
def rules(color: str) -> None:
    """List the rules."""
    from ik_migrate.engine import registry as codemod
    from ik_migrate.reports.rule_page import write_rules_table

    write_rules_table(codemod.rules().values(), sys.stdout, COLORS[color])


@click.command()
@click.argument("code", shell_complete=complete_codes)
@color_option
def explain(code: str, color: str) -> None:
    """Say why a rule is there, with an example and the source of the fact."""
    from ik_migrate.engine import registry as codemod
    from ik_migrate.reports.rule_page import write_rule

    wanted = code.strip()
    for rule in codemod.rules().values():
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            write_rule(rule, sys.stdout, COLORS[color])
            return
    known = ", ".join(codemod.rules())
    raise click.UsageError(f"there is no rule {code!r}. There are {known}.")
