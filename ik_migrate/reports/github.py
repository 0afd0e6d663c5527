"""Annotations for GitHub Actions: workflow commands, which the runner takes out of the log."""

from __future__ import annotations

from typing import IO

from ik_migrate.model.report import Report
from ik_migrate.reports.annotations import LEVELS, Level, explanation, gaps, message, open_findings, title
from ik_migrate.reports.escape import escape, visible_lines
from ik_migrate.reports.totals import totals

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
# What the runner decodes. Anything else is safe: a command starts at the start of a line, and ends with it.
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def write_github(report: Report, stream: IO[str]) -> None:
    """Write one workflow command for each finding that is open and each file that could not be done, then the totals.

    Paths are written as they are: run it at the top of the repository, which GitHub takes them to be relative to.

    Args:
        report: what was found.
        stream: where to write, UTF-8.
    """
    for result, finding, _ in open_findings(report):
        place = finding.location
        where = {"file": result.path, "line": str(place.line), "endLine": str(place.end_line)}
        if place.line == place.end_line:
            # GitHub refuses columns for a range of lines.
            where["col"] = str(place.column)
        text = f"{message(finding)}\n{explanation(finding)}"
        stream.write(_command(_COMMANDS[LEVELS[finding.applicability]], text, **where, title=title(finding)))
    for gap in gaps(report):
        kind, what = ("error", "error") if gap.failed else ("warning", "skipped")
        stream.write(_command(kind, gap.reason, file=gap.path, title=f"ik-migrate: {what}"))
    if report.skipped_trees:
        stream.write(_command("notice", ", ".join(report.skipped_trees), title="ik-migrate: skipped folders"))
    stream.write(f"{totals(report)}\n")


def _command(name: str, data: str, **properties: str) -> str:
    listed = ",".join(f"{key}={escape(value).translate(_PROPERTY)}" for key, value in properties.items())
    return f"::{name} {listed}::{visible_lines(data).translate(_DATA)}\n"
