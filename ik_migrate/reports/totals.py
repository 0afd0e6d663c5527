"""The run in one sentence: the whole report where there is nothing to do, so it does without rich."""

from __future__ import annotations

from ik_migrate.files.triggers import EXCLUDED
from ik_migrate.model.report import Report


def totals(report: Report) -> str:
    """The whole run in a sentence, and another on the findings that do not count."""
    return f"{_found(report) if report.findings else _nothing_found(report)}{_besides(report)}"


def _found(report: Report) -> str:
    from ik_migrate.model.result import Status

    searched = count(report.files_searched, "file")
    found = sum(1 for result in report.results if result.findings)
    changed = sum(1 for result in report.results if result.status is Status.CHANGED)
    verb = ("was" if changed == 1 else "were") if report.command == "apply" else "would be"
    notices = sum(finding.is_notice for finding in report.findings)
    numbers = [count(len(report.findings) - notices, "finding")] if len(report.findings) > notices else []
    numbers += [count(notices, "notice")] if notices else []
    text = f"{' and '.join(numbers)} in {found} of {searched}; {count(changed, 'file')} {verb} rewritten"
    failed = len(report.failed)
    return f"{text}, {count(failed, 'error')}." if failed else f"{text}."


def _nothing_found(report: Report) -> str:
    searched = count(report.files_searched, "file")
    if report.failed or any(result.was_skipped for result in report.results):
        return f"No findings in the files that could be read; {searched} searched. The others are listed above."
    if not report.files_searched:
        return "No findings, but there was no file to search."
    if any(result.suppressed or result.baselined for result in report.results):
        return f"No new findings in {searched}."
    if not report.all_rules:
        return f"No findings in {searched} (some rules were not enabled)."
    if _excluded(report):
        return f"No findings in {searched}."
    return f"No ImageKit 2 code found in {searched}."


def _besides(report: Report) -> str:
    """Return sentences on findings that do not count, and on fixed ones; empty where there are none."""
    ignored = sum(len(result.suppressed) for result in report.results)
    known = sum(len(result.baselined) for result in report.results)
    parts = []
    if ignored:
        parts.append(f"{count(ignored, 'finding')} ignored by comments")
    if known:
        parts.append(f"{count(known, 'finding')} in the baseline")
    excluded = _excluded(report)
    if excluded:
        parts.append(f"{count(excluded, 'file')} excluded that {'mentions' if excluded == 1 else 'mention'} ImageKit")
    text = f" Also: {', '.join(parts)}." if parts else ""
    fixed = len(report.baseline.fixed) if report.baseline else 0
    return f"{text} {count(fixed, 'finding')} of the baseline fixed." if fixed else text


def _excluded(report: Report) -> int:
    """Return how many files mention ImageKit and are excluded by the user."""
    return sum(1 for _, reason in report.left_out if reason == EXCLUDED)


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"
