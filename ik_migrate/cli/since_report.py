"""``scan --since-report``: what is new, gone and left since an earlier report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ik_migrate.files.places import is_below

if TYPE_CHECKING:
    from ik_migrate.cli.file_selection import ChosenFiles
    from ik_migrate.model.finding import Finding
    from ik_migrate.model.options import Options
    from ik_migrate.model.report import Report


def read_earlier(file: Path | None) -> Report | None:
    """Return the report in ``file``, which is read before the work starts; None for no file.

    Raises:
        click.UsageError: when it cannot be read, or is not a report.
    """
    if file is None:
        return None
    from ik_migrate.files.report_files import content
    from ik_migrate.reports.json_reader import NotAReport, read_json

    try:
        return read_json(content(file))
    except OSError as error:
        raise click.UsageError(f"--since-report: cannot read {file}: {error.strerror or error}.") from None
    except NotAReport as error:
        raise click.UsageError(f"--since-report: {file}: {error}.") from None


def compare_with_earlier(
    report: Report, earlier: Report | None, file: Path | None, files: ChosenFiles, options: Options
) -> Report:
    """Return the report with the comparison; as it is where there is nothing to compare with.

    Args:
        report: the run.
        earlier: the earlier report.
        file: where that was read from.
        files: the files of the run.
        options: the options of the run.
    """
    if earlier is None:
        return report
    from ik_migrate.reports.comparison import compare_with

    failed = {path for path, _ in report.failed}

    def is_judged(finding: Finding) -> bool:
        if finding.path in failed or not options.is_enabled(finding.rule.code):
            return False
        path = Path(os.path.abspath(finding.path))
        return is_below(path, _absolute(files.paths)) and (files.only is None or path in files.only)

    return replace(report, progress=compare_with(report, earlier, str(file), is_judged))


def _absolute(paths: Sequence[Path]) -> list[Path]:
    return [Path(os.path.abspath(path)) for path in paths]
