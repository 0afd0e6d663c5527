"""One line for each finding: with its path, as editors and ``grep`` read it, or grouped by file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult
from ik_migrate.reports.annotations import gaps, message, open_findings
from ik_migrate.reports.escape import escape
from ik_migrate.reports.totals import totals


def write_concise(report: Report, stream: IO[str]) -> None:
    """Write ``path:line:column: CODE [applicability] message`` for each finding, and the totals.

    Findings that ``apply`` has rewritten are omitted.

    Args:
        report: what was found.
        stream: where to write.
    """
    for result, finding, _ in open_findings(report):
        place = f"{escape(result.path)}:{finding.location.line}:{finding.location.column}"
        stream.write(f"{place}: {finding.rule.code} [{finding.applicability.value}] {message(finding)}\n")
    stream.writelines(_problems(report))
    stream.write(f"{totals(report)}\n")


def write_grouped(report: Report, stream: IO[str]) -> None:
    """Write the path of each file, below it a line for each finding, and the totals; see `write_concise`."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for result, finding, _ in open_findings(report):
        place = f"{finding.location.line}:{finding.location.column}"
        text = f"{finding.rule.code} [{finding.applicability.value}] {message(finding)}"
        rows.setdefault(_shown(result), []).append((place, text))
    for path, listed in rows.items():
        stream.write(f"{path}:\n")
        width = max(len(place) for place, _ in listed)
        stream.writelines(f"  {place:<{width}}  {text}\n" for place, text in listed)
        stream.write("\n")
    stream.writelines(_problems(report))
    stream.write(f"{totals(report)}\n")


def _problems(report: Report) -> Iterator[str]:
    for gap in gaps(report):
        reason = " ".join(escape(line) for line in gap.reason.splitlines())
        yield f"{escape(gap.path)}: {'error' if gap.failed else 'skipped'}: {reason}\n"


def _shown(result: FileResult) -> str:
    return escape(result.path)
