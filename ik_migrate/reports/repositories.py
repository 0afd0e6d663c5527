"""The repositories of a merged report: how many findings each has, and what it moves to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ik_migrate.model.report import Report
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.escape import escape
from ik_migrate.reports.terminal import print_block, print_line

COLUMNS = ("safe", "unsafe", "manual", "failed", "target")


@dataclass(frozen=True)
class Repository:
    """One repository of a merged report.

    Args:
        name: what its report is called.
        safe: findings with a safe fix that is not written yet.
        unsafe: findings with an unsafe fix that is not written yet.
        manual: findings that need manual review.
        failed: files with errors.
        target: the version that it moves to; empty where its report has none.
    """

    name: str
    safe: int
    unsafe: int
    manual: int
    failed: int
    target: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The numbers and the target as text, in the order of ``COLUMNS``."""
        numbers = (str(number or "-") for number in (self.safe, self.unsafe, self.manual, self.failed))
        return (*numbers, self.target or "-")


def repositories_of(report: Report) -> list[Repository]:
    """Return the repositories of a merged report, those with the most manual findings first."""
    counts: Counter[tuple[str, Applicability]] = Counter()
    for result in report.results:
        name = repository_of(report, result.path)
        for finding in result.findings:
            if report.command != "apply" or not result.is_applied(finding):
                counts[name, finding.applicability] += 1
    failed = Counter(repository_of(report, path) for path, _ in report.failed)
    targets = {target.project: target.version for target in report.targets}
    found = [
        Repository(
            name,
            counts[name, Applicability.SAFE],
            counts[name, Applicability.UNSAFE],
            counts[name, Applicability.MANUAL],
            failed[name],
            targets.get(name, ""),
        )
        for name in report.repositories
    ]
    return sorted(found, key=lambda one: (-one.manual, -one.unsafe, -one.safe, one.name))


def repository_of(report: Report, path: str) -> str:
    """Return the repository that a path of a merged report is in; empty where it is in none."""
    return next((name for name in report.repositories if path.startswith(f"{name}/")), "")


def print_repositories(console: Console, report: Report) -> None:
    """Print the table of the repositories."""
    print_line(console, Text("Repositories", style="bold"))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("repository", overflow="fold")
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for repository in repositories_of(report):
        table.add_row(escape(repository.name, console.encoding), *repository.cells)
    print_block(console, table)
    print_line(console)
