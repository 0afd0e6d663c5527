"""The report of one run.

Every run makes a report, most of them an empty one: what findings and results are made of is not imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ik_migrate.model.baseline_entry import BaselineDiff
    from ik_migrate.model.finding import Finding
    from ik_migrate.model.report_diff import ReportDiff
    from ik_migrate.model.result import FileResult
    from ik_migrate.model.run_info import ProjectTarget, RunInfo


@dataclass(frozen=True)
class Report:
    """The result of one run of ``scan`` or ``apply``.

    Args:
        command: ``scan``, ``apply`` or ``diff``.
        results: the files that were looked at, in the order of their paths.
        files_searched: how many files were searched for a mention of ImageKit.
        errors: what could not be looked at or written at all, a path and a reason each.
        unsafe_fixes: whether unsafe rewrites are enabled.
        skipped_trees: skipped folders, to be reported once.
        left_out: files that mention ImageKit and were not looked into, with a reason each.
        baseline: how it compares with the baseline; None where there is none.
        remarks: what else the user should know about the search for files.
        is_in_git: whether git can undo what is written.
        is_in_hook: whether it runs in a git hook, which stops a commit that is under way.
        in_place: whether ``apply`` has written to the files; else what they would hold went to standard output.
        all_rules: whether all rules were enabled in all files.
        targets: the version that each project moves to; none for a project where ImageKit is not mentioned.
        repositories: the names of the reports that were merged into this one; each is the first part of its paths.
        run: when and how the report was made; None where that is not known.
        flags: the flags of the command line that decide how code is rewritten; empty for a report that was read.
        progress: how the findings compare with those of an earlier report; None where there is none.
    """

    command: str
    results: tuple[FileResult, ...]
    files_searched: int = 0
    errors: tuple[tuple[str, str], ...] = ()
    unsafe_fixes: bool = False
    skipped_trees: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    baseline: BaselineDiff | None = None
    remarks: tuple[str, ...] = ()
    is_in_git: bool = True
    is_in_hook: bool = False
    in_place: bool = True
    all_rules: bool = True
    targets: tuple[ProjectTarget, ...] = ()
    repositories: tuple[str, ...] = ()
    run: RunInfo | None = None
    flags: tuple[str, ...] = ()
    progress: ReportDiff | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all files, in the order of the files and of the places in them."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def failed(self) -> tuple[tuple[str, str], ...]:
        """What could not be done, a path and a reason each."""
        failed = [(result.path, result.reason) for result in self.results if result.has_failed]
        return (*self.errors, *failed)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say about any file or folder."""
        quiet = all(result.is_quiet for result in self.results)
        return quiet and not self.errors and not self.skipped_trees and not (self.baseline and self.baseline.unseen)

    @property
    def exit_status(self) -> int:
        """0: nothing left to do; 1: there are findings; 2: something could not be done."""
        if self.failed:
            return 2
        if self.command == "apply":
            return int(any(result.remaining for result in self.results))
        return int(any(not finding.is_notice for finding in self.findings))
