"""The run in one sentence. All that is said where there is nothing to do, so it does without rich."""

from __future__ import annotations

from ik_migrate.findings import Report, Status


def totals(report: Report) -> str:
    """One sentence on the whole run."""
    searched = count(report.files_searched, "file")
    if not report.findings:
        gaps = report.failed or any(result.status is Status.SKIPPED for result in report.results)
        if gaps:
            return f"No findings in what could be read; {searched} searched. What could not is listed."
        if not report.files_searched:
            return "No findings, but there was no file to search either."
        return f"No findings: nothing in {searched} needs to change for ImageKit 3."
    found = sum(1 for result in report.results if result.findings)
    changed = sum(1 for result in report.results if result.status is Status.CHANGED)
    verb = ("was" if changed == 1 else "were") if report.command == "apply" else "would be"
    text = f"{searched} searched, {found} with findings, {changed} {verb} rewritten"
    failed = len(report.failed)
    return f"{text}, {failed} could not be done." if failed else f"{text}."


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
