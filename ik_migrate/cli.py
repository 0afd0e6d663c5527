"""The command line: options in, a report out, an exit status. No logic of its own."""

from __future__ import annotations

import errno
import os
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


class _Commands(click.Group):
    """Ends with one of the documented exit statuses, and without a traceback, whatever happens."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except KeyboardInterrupt:
            click.echo("Interrupted. Every file is whole, rewritten or as it was: run it again.", err=True)
            ctx.exit(130)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if getattr(error, "errno", None) == errno.EPIPE or os.environ.get("IK_MIGRATE_DEBUG"):
                raise
            _drop_output()
            click.echo(f"Error: {error or type(error).__name__}", err=True)
            if not isinstance(error, OSError):
                click.echo("That is a fault of ik-migrate: IK_MIGRATE_DEBUG=1 shows where. Please report it.", err=True)
            ctx.exit(2)


def _drop_output() -> None:
    """Forget what could not be printed; Python would try again, and complain, when it exits."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=_Commands,
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
            click.option(
                "--keep-cache-names",
                is_flag=True,
                help="Keep the file names of ImageKit 2, so that no picture is remade.",
            ),
            click.option(
                "--target",
                metavar="VERSION",
                default=None,
                help="The version of ImageKit to move to: 3.0, 3.3, 4.0, 4.1, 5.0 or 6.1 (the default).",
            ),
            click.option("--exit-zero", is_flag=True, help="Exit with 0 where it would be 1."),
        )
    ):
        command = decorate(command)
    return command


@main.command(epilog=_EXIT, short_help="Report what has to change, write nothing.")
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


@main.command(epilog=_EXIT, short_help="Rewrite the files, or print a diff.")
@_run_options
@click.option("--diff", "as_diff", is_flag=True, help="Print a unified diff and write nothing.")
@click.option("--todo", is_flag=True, help="Put a TODO comment above each place that needs a person.")
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


@main.command(short_help="Say more about one rule, with an example.")
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


def _options(select: str, ignore: str, target: str | None, **chosen: Any) -> Options:
    from ik_migrate.options import Options
    from ik_migrate.targets import DEFAULT_TARGET, TARGETS

    chosen["target"] = target or DEFAULT_TARGET
    if chosen["target"] not in TARGETS:
        raise click.BadParameter(f"there is no {target!r}; there are {', '.join(TARGETS)}", param_hint="--target")
    return Options(select=_codes(select, "--select"), ignore=_codes(ignore, "--ignore"), **chosen)


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
    if report.is_empty:
        from ik_migrate.reports.totals import totals

        click.echo(totals(report), err=to_stderr)
        return
    from ik_migrate.reports.text import write_text

    write_text(report, sys.stderr if to_stderr else sys.stdout)


def _exit(report: Report, exit_zero: bool) -> None:
    status = report.exit_status
    sys.stdout.flush()
    sys.exit(0 if exit_zero and status == 1 else status)
