"""The report for programs: JSON of a stable form, see ``schema.json`` and ``docs/json-report.md``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import IO, Any

from ik_migrate.model.baseline_entry import BaselineDiff, BaselineEntry
from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.report_diff import ReportDiff
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.model.run_info import RunInfo
from ik_migrate.model.version import VERSION
from ik_migrate.reports.annotations import identities
from ik_migrate.reports.escape import encodable
from ik_migrate.source.ignore_form import ignore_comment

SCHEMA_VERSION = 1


def write_json(report: Report, stream: IO[str]) -> None:
    """Write the report as one JSON object, ASCII only, with a newline at the end.

    Args:
        report: what was found.
        stream: where to write; any encoding that holds ASCII will do.
    """
    json.dump(as_dict(report), stream, indent=2)
    stream.write("\n")


def as_dict(report: Report) -> dict[str, Any]:
    """The report as the plain data that the schema describes; its keys always come in the same order."""
    return {
        "version": SCHEMA_VERSION,
        "tool": {"name": "ik-migrate", "version": VERSION},
        "command": report.command,
        "run": _run(report.run) if report.run else None,
        "targets": [
            {"project": encodable(target.project), "version": target.version, "reason": encodable(target.reason)}
            for target in report.targets
        ],
        "repositories": [encodable(name) for name in report.repositories],
        "unsafe_fixes": report.unsafe_fixes,
        "summary": _summary(report),
        "files": [_file(result, with_diff=report.command == "diff") for result in report.results],
        "errors": [{"path": encodable(path), "reason": encodable(reason)} for path, reason in report.errors],
        "skipped_trees": [encodable(tree) for tree in report.skipped_trees],
        "baseline": _baseline(report.baseline) if report.baseline else None,
        "since_report": _progress(report.progress) if report.progress else None,
    }


def _run(run: RunInfo) -> dict[str, str]:
    return {
        "project": encodable(run.project),
        "revision": encodable(run.revision),
        "date": run.date,
        "command": encodable(run.command),
    }


def _progress(progress: ReportDiff) -> dict[str, Any]:
    def listed(findings: Iterable[Finding]) -> list[dict[str, Any]]:
        return [
            {
                "path": encodable(finding.path),
                "rule": finding.rule.code,
                "message": encodable(finding.message),
                "line": finding.location.line,
            }
            for finding in findings
        ]

    return {
        "path": encodable(progress.file),
        "date": progress.date,
        "new": listed(progress.new),
        "gone": listed(progress.gone),
        "left": len(progress.left),
    }


def _baseline(baseline: BaselineDiff) -> dict[str, Any]:
    return {
        "path": encodable(baseline.file),
        "fixed": [_trait(trait) for trait in baseline.fixed],
        "unseen": [_trait(trait) for trait in baseline.unseen],
    }


def _trait(trait: BaselineEntry) -> dict[str, str]:
    return {
        "path": encodable(trait.path),
        "rule": trait.rule,
        "context": encodable(trait.context),
        "code": encodable(trait.code),
    }


def _summary(report: Report) -> dict[str, Any]:
    findings = report.findings
    kinds = Counter(finding.applicability for finding in findings)
    codes = Counter(finding.rule.code for finding in findings)
    statuses = Counter(result.status for result in report.results)
    return {
        "files_searched": report.files_searched,
        "files_with_findings": sum(1 for result in report.results if result.findings),
        "files_by_status": {status.value: statuses[status] for status in Status},
        "findings": len(findings),
        "applied": sum(result.is_applied(finding) for result in report.results for finding in result.findings),
        "by_applicability": {kind.value: kinds[kind] for kind in Applicability},
        "by_rule": dict(sorted(codes.items())),
        "suppressed": {
            "comment": sum(len(result.suppressed) for result in report.results),
            "baseline": sum(len(result.baselined) for result in report.results),
        },
        "exit_status": report.exit_status,
    }


def _file(result: FileResult, *, with_diff: bool) -> dict[str, Any]:
    identity = identities(result)
    file = {
        "path": encodable(result.path),
        "status": result.status.value,
        "reason": encodable(result.reason),
        "findings": [_finding(f, identity[f], applied=result.is_applied(f)) for f in result.findings],
        "suppressed": [
            {**_finding(f, identity[f], applied=result.is_applied(f)), "suppressed_by": by}
            for by, findings in (("comment", result.suppressed), ("baseline", result.baselined))
            for f in findings
        ],
    }
    if with_diff:
        from ik_migrate.reports.diff import unified_diff

        file["diff"] = unified_diff(result).decode(result.encoding, "backslashreplace")
    return file


def _finding(finding: Finding, fingerprint: str, *, applied: bool) -> dict[str, Any]:
    manual = finding.applicability is Applicability.MANUAL
    return {
        "rule": _rule(finding),
        "applicability": finding.applicability.value,
        "message": encodable(finding.message),
        "why": encodable(finding.why),
        "help": encodable(finding.help),
        "suggestion": encodable(finding.suggestion),
        "location": _location(finding),
        "ignore_comment": ignore_comment(finding.path, [finding.rule.code]) if manual else "",
        "blocks": [
            {"rule": _rule(one), "message": encodable(one.message), "location": _location(one)}
            for one in finding.blocks
        ],
        "applied": applied,
        "fingerprint": fingerprint,
    }


def _rule(finding: Finding) -> dict[str, str]:
    return {"code": finding.rule.code, "name": finding.rule.name}


def _location(finding: Finding) -> dict[str, int]:
    place = finding.location
    return {
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
