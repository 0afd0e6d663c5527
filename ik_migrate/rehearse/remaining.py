"""What the apps still need that are not rewritten."""

from __future__ import annotations

from collections import Counter

from ik_migrate.model.report import Report
from ik_migrate.reports.apps import app_folders, app_labels
from ik_migrate.reports.next_action import NextAction, work_of
from ik_migrate.reports.totals import count

_NOUNS = (
    (NextAction.APPLY, "rewrite"),
    (NextAction.UNSAFE, "unsafe rewrite"),
    (NextAction.MANUAL, "manual finding"),
)


def remaining_elsewhere(report: Report | None) -> list[str]:
    """Return what other parts of the project still need, one line for each app."""
    if report is None:
        return []
    folders = app_folders(result.path for result in report.results)
    labels = app_labels(folders.values())
    work: dict[str, Counter[NextAction]] = {folder: Counter() for folder in sorted(set(folders.values()))}
    for result in report.results:
        work[folders[result.path]].update(work_of(finding, result, report) for finding in result.findings)
    lines = []
    for folder, counts in work.items():
        words = [count(counts[kind], noun) for kind, noun in _NOUNS if counts[kind]]
        if words:
            lines.append(f"{labels[folder]}: {', '.join(words)}")
    return lines
