"""Compare the findings of a run with those of an earlier JSON report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.report_diff import ReportDiff
from ik_migrate.reports.annotations import identities
from ik_migrate.reports.next_action import NextAction, work_of


def compare_with(report: Report, earlier: Report, file: str, is_judged: Callable[[Finding], bool]) -> ReportDiff:
    """Return what is new, gone and left since an earlier report.

    Findings are recognised by their fingerprints, whatever line they are on. Those of the baseline count as found.

    Args:
        report: the run.
        earlier: the earlier report.
        file: the earlier report, as the user named it.
        is_judged: whether the run would have reported a finding of the earlier report, were it still there.
    """
    now, then = dict(_open(report)), dict(_open(earlier))
    return ReportDiff(
        file,
        earlier.run.date if earlier.run else "",
        new=tuple(finding for fingerprint, finding in now.items() if fingerprint not in then),
        gone=tuple(finding for print_, finding in then.items() if print_ not in now and is_judged(finding)),
        left=tuple(finding for fingerprint, finding in now.items() if fingerprint in then),
    )


def _open(report: Report) -> Iterator[tuple[str, Finding]]:
    """Yield the findings that are to be resolved, with their fingerprints."""
    for result in report.results:
        fingerprints = identities(result)
        for finding in (*result.findings, *result.baselined):
            if work_of(finding, result, report) not in {NextAction.NOTICE, NextAction.DONE}:
                yield fingerprints[finding], finding
