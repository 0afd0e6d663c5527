"""``ik-migrate merge-reports``: merge JSON reports."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ik_migrate.cli.group import EXIT_STATUSES
from ik_migrate.cli.path_type import GivenPath
from ik_migrate.cli.report_options import Output, report_options, write_outputs, write_report
from ik_migrate.cli.terminal_options import Terminal, terminal_options

if TYPE_CHECKING:
    from ik_migrate.model.report import Report


@click.command("merge-reports", epilog=EXIT_STATUSES)
@click.argument("reports", nargs=-1, required=True, type=GivenPath())
@click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1.")
@report_options
@terminal_options
def merge_reports(
    reports: tuple[Path, ...], exit_zero: bool, report_format: str, outputs: tuple[Output, ...], terminal: Terminal
) -> None:
    """Merge REPORTS, which scan or apply wrote with --output json=FILE.

    Each path is prefixed with the name of its report: name it like the repository, shop.json or
    shop/report.json. The exit status is the highest of all reports. A file that is not a report is an error;
    the others are merged.

    \b
    Example:
      ik-migrate merge-reports reports/*.json --output html=all.html
    """
    report = _merged(reports)
    write_report(report, report_format, terminal)
    status = report.exit_status if write_outputs(report, outputs) else 2
    sys.stdout.flush()
    sys.exit(0 if exit_zero and status == 1 else status)


def _merged(paths: tuple[Path, ...]) -> Report:
    """Return the reports in these files as one.

    Raises:
        click.UsageError: when they cannot be merged.
    """
    from ik_migrate.files.report_files import content
    from ik_migrate.reports.json_reader import NotAReport, read_json
    from ik_migrate.reports.merge import NotAlike, merged, report_names

    seen: set[str] = set()
    for path in paths:
        real = os.path.realpath(path)
        if real in seen:
            raise click.UsageError(f"{path} is named twice.")
        seen.add(real)
    found, errors = {}, []
    for name, path in zip(report_names(paths), paths, strict=True):
        try:
            found[name] = read_json(content(path))
        except OSError as error:
            errors.append((str(path), f"cannot read it: {error.strerror or error}"))
        except NotAReport as error:
            errors.append((str(path), str(error)))
    try:
        return merged(found, errors)
    except NotAlike as error:
        raise click.UsageError(f"{error}.") from None
