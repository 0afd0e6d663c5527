"""The command line: options in, a report out, an exit status. No logic of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ik_migrate import __version__

if TYPE_CHECKING:
    from ik_migrate.findings import Report
    from ik_migrate.options import Options

_EXIT = """\b
Exit status:
  0  nothing left to do
  1  there are findings (notices aside); after apply: something needs a person
  2  something could not be done: bad option, unreadable path, failed file or write
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXIT,
)
@click.version_option(__version__, prog_name="ik-migrate")
def main() -> None:
    """Move a Django code base from django-imagekit 2.x to 3.0 and later.

    \b
    Try this first, in the folder of your project:
      ik-migrate scan                 what has to change, and why
      ik-migrate apply --diff         the rewrites, as a diff for git apply
      ik-migrate apply                make them
      ik-migrate explain IK201        more about one rule
    """


def _run_options(command: Any) -> Any:
    """The options that scan and apply have in common."""
    for decorate in reversed(
        (
            click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
            click.option("--unsafe-fixes", is_flag=True, help="Also make rewrites that can change behaviour."),
            click.option("--select", metavar="CODES", default="", help="Only these rules: IK101,IK2."),
            click.option("--ignore", metavar="CODES", default="", help="All rules but these."),
            click.option("--exclude", metavar="PATTERN", multiple=True, help="Leave out matching paths."),
            click.option("--exit-zero", is_flag=True, help="Exit with 0 where it would be 1."),
        )
    ):
        command = decorate(command)
    return command


@main.command(epilog=_EXIT)
@_run_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to report.",
)
def scan(paths: tuple[Path, ...], output_format: str, exit_zero: bool, **chosen: Any) -> None:
    """Report what has to change in PATHS (the current folder), write nothing."""
    from ik_migrate import api

    report = api.scan(paths or (Path(),), _options(**chosen))
    if output_format == "json":
        from ik_migrate.reports.json_report import write_json

        write_json(report, sys.stdout)
    else:
        _write_text(report, to_stderr=False)
    _exit(report, exit_zero)


@main.command(epilog=_EXIT)
@_run_options
@click.option("--diff", "as_diff", is_flag=True, help="Print a unified diff and write nothing.")
def apply(paths: tuple[Path, ...], as_diff: bool, exit_zero: bool, **chosen: Any) -> None:
    """Rewrite the files in PATHS (the current folder) in place."""
    from dataclasses import replace

    from ik_migrate import api

    options = _options(**chosen)
    if not as_diff:
        report = api.apply(paths or (Path(),), options)
        _write_text(report, to_stderr=False)
        _exit(report, exit_zero)
    from ik_migrate.reports.diff import unified_diff

    report = replace(api.scan(paths or (Path(),), options), command="diff")
    for result in report.results:
        sys.stdout.buffer.write(unified_diff(result))
    sys.stdout.buffer.flush()
    _write_text(report, to_stderr=True)
    _exit(report, exit_zero)


@main.command()
def rules() -> None:
    """List the rules."""
    from ik_migrate import codemod
    from ik_migrate.reports.rule_page import write_rules_table

    write_rules_table(codemod.rules().values(), sys.stdout)


@main.command()
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


def _options(unsafe_fixes: bool, select: str, ignore: str, exclude: tuple[str, ...]) -> Options:
    from ik_migrate.options import Options

    return Options(unsafe_fixes, _codes(select, "--select"), _codes(ignore, "--ignore"), exclude)


def _codes(text: str, option: str) -> tuple[str, ...]:
    """Codes of rules, or their beginnings, from an option's value."""
    codes = tuple(code.strip().upper() for code in text.split(",") if code.strip())
    if codes:
        from ik_migrate import codemod

        for code in codes:
            if not any(known.startswith(code) for known in codemod.rules()):
                raise click.BadParameter(f"no rule starts with {code!r}; see: ik-migrate rules", param_hint=option)
    return codes


def _write_text(report: Report, *, to_stderr: bool) -> None:
    from ik_migrate.reports.text import write_text

    write_text(report, sys.stderr if to_stderr else sys.stdout)


def _exit(report: Report, exit_zero: bool) -> None:
    status = report.exit_status
    sys.exit(0 if exit_zero and status == 1 else status)
