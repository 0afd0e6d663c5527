"""``ik-migrate scan`` and ``ik-migrate apply``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ik_migrate.cli.group import EXIT_STATUSES
from ik_migrate.cli.report_options import Output, report_options, write_outputs, write_report
from ik_migrate.cli.run_options import options_from, run_options

if TYPE_CHECKING:
    from ik_migrate.findings import Report


@click.command(epilog=EXIT_STATUSES, short_help="Report what has to change, write nothing.")
@run_options
@report_options
def scan(
    paths: tuple[Path, ...], report_format: str, outputs: tuple[Output, ...], exit_zero: bool, **chosen: Any
) -> None:
    """Report what has to change in PATHS (the current folder), write nothing."""
    from ik_migrate import api

    paths = paths or (Path(),)
    report = api.scan(paths, options_from(paths, **chosen))
    _finish(report, report_format, outputs, exit_zero)


@click.command(epilog=EXIT_STATUSES, short_help="Rewrite the files, or print a diff.")
@run_options
@report_options
@click.option("--diff", "as_diff", is_flag=True, help="Print a unified diff and write nothing.")
def apply(
    paths: tuple[Path, ...],
    as_diff: bool,
    report_format: str,
    outputs: tuple[Output, ...],
    exit_zero: bool,
    **chosen: Any,
) -> None:
    """Rewrite the files in PATHS (the current folder) in place."""
    from dataclasses import replace

    from ik_migrate import api

    paths = paths or (Path(),)
    options = options_from(paths, **chosen)
    if as_diff:
        report = replace(api.scan(paths, options), command="diff")
    else:
        report = api.apply(paths, options)
    _finish(report, report_format, outputs, exit_zero)


def _finish(report: Report, report_format: str, outputs: tuple[Output, ...], exit_zero: bool) -> NoReturn:
    """Write the report to wherever it is wanted, and exit."""
    if report_format != "text":
        write_report(report, report_format)
    elif report.command == "diff":
        _write_diff(report)
        _write_text(report, to_stderr=True)
    else:
        _write_text(report, to_stderr=False)
    status = report.exit_status if write_outputs(report, outputs) else 2
    sys.stdout.flush()
    sys.exit(0 if exit_zero and status == 1 else status)


def _write_diff(report: Report) -> None:
    from ik_migrate.reports.diff import unified_diff

    for result in report.results:
        sys.stdout.buffer.write(unified_diff(result))
    sys.stdout.buffer.flush()


def _write_text(report: Report, *, to_stderr: bool) -> None:
    if report.is_empty:
        from ik_migrate.reports.totals import totals

        click.echo(totals(report), err=to_stderr)
        return
    from ik_migrate.reports.text import write_text

    write_text(report, sys.stderr if to_stderr else sys.stdout)
