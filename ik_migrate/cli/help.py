"""``--help`` of the commands that have many options: in sections, with examples."""

from __future__ import annotations

from collections.abc import Sequence

import click

_SECTIONS = {
    "File selection": (
        *("--exclude", "--include", "--respect-gitignore", "--since", "--staged", "--stdin-filename"),
        *("--app", "--source-root", "--spec-field-class"),
    ),
    "Rule selection": ("--select", "--ignore", "--per-file-ignores", "--write-baseline", "--baseline"),
    "Fixes": (
        "--unsafe-fixes",
        "--keep-cache-names",
        "--faithful",
        "--support-module",
        "--target",
        "--todo",
        "--add-ignores",
    ),
    "Writing files": ("--diff", "--interactive", "--backup", "--require-clean", "--commit", "--commit-by"),
    "Output": (
        *("--format", "--output", "--since-report", "--statistics", "--show-fixes", "--quiet", "--verbose"),
        *("--color", "--exit-zero"),
    ),
}
"""The options under each heading, in their order."""


class SectionedCommand(click.Command):
    """A command whose options are listed under headings, and that knows the options of other tools."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; see `click.Command`.

        Raises:
            click.UsageError: for an option that does not exist, with what may be meant.
        """
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            from ik_migrate.cli.suggestions import explain_unknown_option

            raise click.UsageError(explain_unknown_option(error), ctx) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options section by section; see `click.Command`."""
        for title, parameters in sections(self.get_params(ctx)).items():
            with formatter.section(title):
                formatter.write_dl([record for record in (p.get_help_record(ctx) for p in parameters) if record])


def sections(parameters: Sequence[click.Parameter]) -> dict[str, list[click.Option]]:
    """Return options by their headings; those without one come last, under ``Other options``.

    Args:
        parameters: those of a command; arguments are ignored.
    """
    by_name = {name: option for option in parameters if isinstance(option, click.Option) for name in option.opts}
    found = {
        title: [by_name[name] for name in names if name in by_name]
        for title, names in _SECTIONS.items()
        if any(name in by_name for name in names)
    }
    placed = [option for options in found.values() for option in options]
    rest = [option for option in by_name.values() if option not in placed]
    found["Other options" if found else "Options"] = list(dict.fromkeys(rest))
    return found


SCAN_EXAMPLES = """\b
Examples:
  ik-migrate scan                             the project around the current folder
  ik-migrate scan shop/ gallery/models.py     some of its files
  ik-migrate scan --since main                files that changed on this branch
  ik-migrate scan --select IK1,IK203          some rules only
  ik-migrate scan --output html=report.html   also a page to plan the work with
"""

APPLY_EXAMPLES = """\b
Examples:
  ik-migrate apply --diff                     look first
  ik-migrate apply --interactive              confirm each rewrite
  ik-migrate apply --require-clean --todo     all at once, in a clean working tree
  ik-migrate apply --commit                   in commits that are easy to review
  ik-migrate apply --staged --backup .bak     staged files, with backups
  ik-migrate apply - --stdin-filename shop/models.py <shop/models.py
"""
