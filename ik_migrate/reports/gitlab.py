"""GitLab's Code Quality report: a JSON array, shown in merge requests."""

from __future__ import annotations

import hashlib
import json
from typing import IO, Any

from ik_migrate.model.report import Report
from ik_migrate.reports.annotations import LEVELS, Level, gaps, message, open_findings, title
from ik_migrate.reports.escape import encodable, escape

_SEVERITIES = {Level.ERROR: "major", Level.WARNING: "minor", Level.NOTE: "info"}


def write_gitlab(report: Report, stream: IO[str]) -> None:
    """Write one object for each finding that is open and each file that could not be done; ASCII only.

    Args:
        report: what was found.
        stream: where to write; any encoding that holds ASCII will do.
    """
    issues = [
        _issue(
            result.path,
            finding.location.line,
            finding.location.end_line,
            check_name=title(finding),
            description=f"{finding.rule.code} {message(finding)}",
            severity=_SEVERITIES[LEVELS[finding.applicability]],
            identity=fingerprint,
        )
        for result, finding, fingerprint in open_findings(report)
    ]
    issues += [
        _issue(
            gap.path,
            1,
            1,
            check_name="error" if gap.failed else "skipped",
            description=escape(f"ik-migrate: {gap.reason}"),
            severity="critical" if gap.failed else "info",
            identity=gap.reason,
        )
        for gap in gaps(report)
    ]
    json.dump(issues, stream, indent=2)
    stream.write("\n")


def _issue(path: str, begin: int, end: int, *, identity: str, **fields: str) -> dict[str, Any]:
    """One object of the report; ``identity`` tells it from all others about the same file."""
    path = encodable(path).removeprefix("./")
    fingerprint = hashlib.sha256(f"{path}\0{encodable(identity)}".encode()).hexdigest()[:32]
    return {**fields, "fingerprint": fingerprint, "location": {"path": path, "lines": {"begin": begin, "end": end}}}
