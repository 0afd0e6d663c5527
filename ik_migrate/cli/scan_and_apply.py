"""``ik-migrate scan`` and ``ik-migrate apply``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ik_migrate.cli.group import EXIT_STATUSES
from ik_migrate.cli.run_options import options_from, run_options

if TYPE_CHECKING:
    from ik_migrate.findings import Report


@click.command(epilog=EXIT_STATUSES, short_help="Report what has to change, write nothing.")
@run_options
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

    report = api.scan(paths or (Path(),), options_from(**chosen))
    if output_format == "json":
        from ik_migrate.reports.json_report import write_json

        write_json(report, sys.stdout)
    else:
        _write_text(report, to_stderr=False)
    _exit(report, exit_zero)


@click.command(epilog=EXIT_STATUSES, short_help="Rewrite the files, or print a diff.")
@run_options
@click.option("--diff", "as_diff", is_flag=True, help="Print a unified diff and write nothing.")
@click.option("--todo", is_flag=True, help="Put a TODO comment above each place that needs a person.")
def apply(paths: tuple[Path, ...], as_diff: bool, exit_zero: bool, **chosen: Any) -> None:
    """Rewrite the files in PATHS (the current folder) in place."""
    from dataclasses import replace

    from ik_migrate import api

    options = options_from(**chosen)
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
