"""What the formats for other programs have in common: open findings, their severity, and files with errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ik_migrate.baseline.fingerprints import fingerprints_of
from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.escape import escape, visible_lines
from ik_migrate.reports.ignore_hint import blocked_sentence, ignore_hint


class Level(Enum):
    """The severity of a finding, in the words of SARIF."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


LEVELS = {
    Applicability.SAFE: Level.WARNING,
    Applicability.UNSAFE: Level.WARNING,
    Applicability.MANUAL: Level.ERROR,
    Applicability.NOTICE: Level.NOTE,
}
"""A program can make the rewrites, so a finding that needs manual review is an error."""


@dataclass(frozen=True)
class FileProblem:
    """A file or folder that could not be read or written.

    Args:
        path: as shown to the user.
        reason: why, and what to do.
        failed: whether that is an error; otherwise it was skipped.
    """

    path: str
    reason: str
    failed: bool


def open_findings(report: Report) -> Iterator[tuple[FileResult, Finding, str]]:
    """Each finding that was not rewritten in this run, with its file and its fingerprint."""
    for result in report.results:
        identity = identities(result)
        for finding in result.findings:
            if report.command != "apply" or not result.is_applied(finding):
                yield result, finding, identity[finding]


def identities(result: FileResult) -> dict[Finding, str]:
    """The fingerprint of each finding of a file, of those too that do not count."""
    found = [*result.findings, *result.suppressed, *result.baselined]
    if result.fingerprints:
        return dict(zip(found, result.fingerprints, strict=True))
    found.sort(key=lambda finding: finding.sort_key)
    return dict(zip(found, fingerprints_of(result, tuple(found)), strict=True))


def gaps(report: Report) -> list[FileProblem]:
    """The files with errors, and the skipped ones."""
    failed = [FileProblem(path, reason, True) for path, reason in report.failed]
    skipped = [FileProblem(r.path, r.reason, False) for r in report.results if r.status is Status.SKIPPED]
    return [*failed, *skipped]


def title(finding: Finding) -> str:
    """``IK101 image-field``."""
    return f"{finding.rule.code} {finding.rule.name}"


def explanation(finding: Finding) -> str:
    """Why the finding matters and what to do, as lines of plain text."""
    parts = [f"Why: {finding.why}", f"Do: {finding.help}"]
    if finding.suggestion:
        parts.append(f"Write:\n{finding.suggestion.rstrip()}")
    if finding.blocks:
        parts.append(blocked_sentence(finding))
    if finding.applicability is Applicability.MANUAL:
        parts.append(ignore_hint(finding))
    return visible_lines("\n".join(parts))


def message(finding: Finding) -> str:
    """What was found, in one line of plain text."""
    return escape(finding.message)
