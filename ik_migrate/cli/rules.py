"""``ik-migrate rules`` and ``ik-migrate explain``: what the rules say."""

from __future__ import annotations

import sys

import click


@click.command()
def rules() -> None:
    """List the rules."""
    from ik_migrate import codemod
    from ik_migrate.reports.rule_page import write_rules_table

    write_rules_table(codemod.rules().values(), sys.stdout)


@click.command(short_help="Say more about one rule, with an example.")
@click.argument("code")
def explain(code: str) -> None:
    """Say why a rule is there, with an example and the source of the fact."""
    from ik_migrate import codemod
    from ik_migrate.reports.rule_page import write_rule

    wanted = code.strip()
    for rule in codemod.rules().values():
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            write_rule(rule, sys.stdout)
            return
    known = ", ".join(codemod.rules())
    raise click.UsageError(f"there is no rule {code!r}. There are {known}.")
