"""``ik-migrate rules`` and ``ik-migrate explain``: the rules, as text or JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from ik_migrate.cli.completion import complete_codes
from ik_migrate.cli.help import SectionedCommand
from ik_migrate.cli.terminal_options import COLORS, color_option

if TYPE_CHECKING:
    from ik_migrate.model.rule import Rule

_format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Set the format.",
)


@click.command(cls=SectionedCommand)
@_format_option
@color_option
def rules(output_format: str, color: str) -> None:
    """List the rules."""
    from ik_migrate.engine import registry
    from ik_migrate.reports.rule_page import rule_dict, write_rules_table

    if output_format == "json":
        click.echo(json.dumps([rule_dict(rule) for rule in registry.rules().values()], indent=2))
        return
    write_rules_table(registry.rules().values(), sys.stdout, COLORS[color])


@click.command(cls=SectionedCommand)
@click.argument("codes", nargs=-1, required=True, metavar="CODE...", shell_complete=complete_codes)
@_format_option
@color_option
def explain(codes: tuple[str, ...], output_format: str, color: str) -> None:
    """Explain rules: why they exist, with an example and the source of the fact.

    CODE is a rule code, the beginning of several codes, or a rule name:

    \b
      ik-migrate explain IK201
      ik-migrate explain IK201 IK3
      ik-migrate explain callable-processors
    """
    from ik_migrate.reports.rule_page import rule_dict, write_rule

    found = list(dict.fromkeys(rule for code in codes for rule in _rules_named(code)))
    if output_format == "json":
        click.echo(json.dumps([rule_dict(rule) for rule in found], indent=2))
        return
    for number, rule in enumerate(found):
        if number:
            click.echo(f"\n{'-' * 72}\n")
        write_rule(rule, sys.stdout, COLORS[color])


def _rules_named(text: str) -> list[Rule]:
    """Return the rules of that code, those whose codes start with it, or the one of that name.

    Raises:
        click.UsageError: when there are none.
    """
    from ik_migrate.engine.registry import describe_unknown_code, rules

    wanted = [code.strip() for code in text.split(",") if code.strip()]
    found = [
        rule
        for code in wanted
        for rule in rules().values()
        if rule.code.startswith(code.upper()) or rule.name == code.lower()
    ]
    names = {rule.name for rule in rules().values()}
    complaint = describe_unknown_code(code for code in wanted if code.lower() not in names)
    if complaint or not found:
        raise click.UsageError(complaint or "no rule is named.")
    return found
