"""What is new, gone and left since an earlier report, by app."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ik_migrate.model.finding import Finding
from ik_migrate.model.report_diff import ReportDiff
from ik_migrate.reports.apps import app_folders, app_labels
from ik_migrate.reports.escape import escape
from ik_migrate.reports.terminal import print_block, print_line, print_wrapped, prose


@dataclass(frozen=True)
class AppProgress:
    """How many findings of one app are new, gone and left.

    Args:
        label: what the app is called in the report.
        new: findings that the earlier report does not have.
        gone: findings that only the earlier report has.
        left: findings that both have.
    """

    label: str
    new: int
    gone: int
    left: int


def progress_by_app(progress: ReportDiff) -> list[AppProgress]:
    """Return the numbers of each app that has any, in the order of their folders."""
    counted = [progress.new, progress.gone, progress.left]
    folders = app_folders(finding.path for findings in counted for finding in findings)
    labels = app_labels(folders.values())

    def by_folder(findings: Iterable[Finding]) -> Counter[str]:
        return Counter(folders[finding.path] for finding in findings)

    new, gone, left = map(by_folder, counted)
    return [
        AppProgress(labels[folder], new[folder], gone[folder], left[folder]) for folder in sorted(new | gone | left)
    ]


def progress_sentence(progress: ReportDiff) -> str:
    """Return the comparison in one sentence."""
    date = f" of {progress.date[:10]}" if progress.date else ""
    numbers = f"{len(progress.new)} new, {len(progress.gone)} gone, {len(progress.left)} left"
    return f"Since {escape(progress.file)}{date}: {numbers}."


def print_progress(console: Console, progress: ReportDiff) -> None:
    """Print the comparison: numbers by app, and the new findings one by one."""
    print_wrapped(console, prose(console, progress_sentence(progress), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("app", overflow="fold")
    for name in ("new", "gone", "left"):
        table.add_column(name, justify="right")
    for app in progress_by_app(progress):
        label = escape(app.label, console.encoding)
        table.add_row(label, *(str(number or "-") for number in (app.new, app.gone, app.left)))
    if table.row_count:
        print_block(console, table)
    if progress.new:
        print_line(console, Text("New", style="bold"))
        for finding in progress.new:
            place = escape(f"{finding.path}:{finding.location.line}", console.encoding)
            text = prose(console, f"{finding.rule.code} {finding.message}")
            print_wrapped(console, text, first=Text(f"  {place}  ", style="cyan"), indent=4)
    print_line(console)
