"""What is left to do about each finding of a run: review it, run ``apply``, or nothing because it is done."""

from __future__ import annotations

from collections import Counter
from enum import Enum

from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult
from ik_migrate.model.rule import Applicability


class NextAction(Enum):
    """What is left to do about a finding."""

    MANUAL = "manual"
    """Review by hand: it is manual, or its rewrite could not be made."""
    UNSAFE = "unsafe"
    """``apply --unsafe-fixes``, which this run did not enable."""
    APPLY = "apply"
    """``apply``, with the options of this run; in an interactive run it was declined."""
    NOTICE = "notice"
    """Nothing: there is nothing to change."""
    DONE = "done"
    """Nothing any more: ``apply`` has rewritten it in this run."""

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return self in {NextAction.MANUAL, NextAction.UNSAFE, NextAction.APPLY}


def work_of(finding: Finding, result: FileResult, report: Report) -> NextAction:
    """What is left to do about a finding.

    Args:
        finding: one of the findings of ``result``.
        result: its file.
        report: the run.
    """
    if result.is_applied(finding):
        return NextAction.DONE if report.command == "apply" else NextAction.APPLY
    if finding in result.declined:
        return NextAction.APPLY
    if finding.is_notice:
        return NextAction.NOTICE
    if finding.applicability is Applicability.UNSAFE and not report.unsafe_fixes:
        return NextAction.UNSAFE
    return NextAction.MANUAL


def work_counts(report: Report) -> Counter[NextAction]:
    """How many findings there are of each kind of work."""
    return Counter(work_of(finding, result, report) for result in report.results for finding in result.findings)
