"""SARIF 2.1.0, the format of GitHub code scanning and of many viewers."""

from __future__ import annotations

import json
from typing import IO, Any
from urllib.parse import quote

from ik_migrate.model.finding import Finding
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.model.version import VERSION
from ik_migrate.reports.annotations import LEVELS, gaps, identities, open_findings
from ik_migrate.reports.escape import encodable, escape, visible_lines
from ik_migrate.reports.head import target_sentences
from ik_migrate.reports.links import REPOSITORY, rule_url
from ik_migrate.reports.rule_page import rule_markdown, sentence
from ik_migrate.source.original_text import original_lines

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "SRCROOT"
# The kind of fingerprint, with the version of how it is worked out.
_FINGERPRINT = "ikMigrate/v1"


def write_sarif(report: Report, stream: IO[str]) -> None:
    """Write the report as one SARIF log; ASCII only.

    Columns count UTF-16 code units, as SARIF and editors do. Findings that were rewritten in this run are not in it.
    Those that were suppressed are, and marked so. Results have `fixes` where the files' results do.

    Args:
        report: what was found.
        stream: where to write; any encoding that holds ASCII will do.
    """
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    json.dump(log, stream, indent=2)
    stream.write("\n")


def _run(report: Report) -> dict[str, Any]:
    shown = [(result, finding, fingerprint, ()) for result, finding, fingerprint in open_findings(report)]
    found = [*shown, *_not_counted(report)]
    rules = {finding.rule.code: finding.rule for _, finding, _, _ in found}
    codes = sorted(rules)
    lines = {result.path: original_lines(result) for result, *_ in found}
    return {
        "tool": {
            "driver": {
                "name": "ik-migrate",
                "version": VERSION,
                "semanticVersion": VERSION,
                "informationUri": REPOSITORY,
                "rules": [_rule(rules[code]) for code in codes],
            }
        },
        "invocations": [_invocation(report)],
        "properties": {"targets": target_sentences(report.targets)},
        "originalUriBaseIds": {
            _BASE: {"description": {"text": "The folder that ik-migrate was run in: the top of the repository."}}
        },
        "columnKind": "utf16CodeUnits",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [
            _result(result, finding, fingerprint, codes, lines[result.path], suppressions)
            for result, finding, fingerprint, suppressions in found
        ],
    }


def _not_counted(report: Report) -> list[tuple[FileResult, Finding, str, tuple[dict[str, str], ...]]]:
    """What a comment in the code or the baseline says to pass over, with the suppression that stands for that."""
    in_source = {"kind": "inSource", "justification": "A comment in the file says to ignore it."}
    external = {"kind": "external", "justification": "It is in the baseline."}
    return [
        (result, finding, identities(result)[finding], (suppression,))
        for result in report.results
        for findings, suppression in ((result.suppressed, in_source), (result.baselined, external))
        for finding in findings
    ]


def _rule(rule: Rule) -> dict[str, Any]:
    plain = f"{rule.why}\n\nWhat to do: {rule.help}\n\nSource: {rule.source}"
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": sentence(rule.summary)},
        "fullDescription": {"text": sentence(rule.why)},
        "defaultConfiguration": {"level": LEVELS[rule.applicability[0]].value},
        "helpUri": rule_url(rule.code) or REPOSITORY,
        "help": {"text": plain, "markdown": rule_markdown(rule)},
        "properties": {"tags": ["django-imagekit", "migration"], "precision": "high"},
    }


def _invocation(report: Report) -> dict[str, Any]:
    notifications = [
        {
            "level": "error" if gap.failed else "warning",
            "message": {"text": sentence(visible_lines(gap.reason))},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(gap.path)}}],
        }
        for gap in gaps(report)
    ]
    notifications += [
        {"level": "note", "message": {"text": f"Skipped: {escape(tree)}."}} for tree in report.skipped_trees
    ]
    return {
        "executionSuccessful": not report.failed,
        "exitCode": report.exit_status,
        "toolExecutionNotifications": notifications,
    }


def _result(
    result: FileResult,
    finding: Finding,
    fingerprint: str,
    codes: list[str],
    lines: list[str],
    suppressions: tuple[dict[str, str], ...],
) -> dict[str, Any]:
    region: dict[str, Any] = _region(finding.location, lines)
    snippet = _snippet(finding.location, lines)
    if snippet:
        region["snippet"] = {"text": snippet}
    location = {"artifactLocation": _artifact(result.path), "region": region}
    written: dict[str, Any] = {
        "ruleId": finding.rule.code,
        "ruleIndex": codes.index(finding.rule.code),
        "kind": "fail",
        "level": LEVELS[finding.applicability].value,
        "message": {"text": _text(finding)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
        "properties": {"applicability": finding.applicability.value},
        "suppressions": list(suppressions),
    }
    fixes = [_fix(result, finding, lines)] if finding.applicability is not Applicability.MANUAL else []
    if any(fixes):
        written["fixes"] = fixes
    return written


def _text(finding: Finding) -> str:
    """The message; what comes first is all that is shown in a list."""
    parts = [sentence(escape(finding.message)), sentence(finding.why), f"What to do: {sentence(finding.help)}"]
    if finding.suggestion:
        parts.append(f"Write:\n{finding.suggestion.rstrip()}")
    # That is a link in SARIF's plain text: [text](target).
    return visible_lines("\n".join(parts)).replace("](", "] (")


def _fix(result: FileResult, finding: Finding, lines: list[str]) -> dict[str, Any] | None:
    """What the rewrite of a finding does, with what has to be rewritten along with it; None where it is unknown."""
    fix = next((fix for fix in result.fixes if finding in fix.findings), None)
    if fix is None or any(encodable(replacement.text) != replacement.text for replacement in fix.replacements):
        return None
    others = sorted({other.rule.code for other in fix.findings if other != finding})
    along = f", with {', '.join(others)} in the same call" if others else ""
    return {
        "description": {"text": f"Rewrite {finding.rule.code}{along}."},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(result.path),
                "replacements": [
                    {
                        "deletedRegion": _region(replacement.location, lines),
                        "insertedContent": {"text": replacement.text},
                    }
                    for replacement in fix.replacements
                ],
            }
        ],
    }


def _artifact(path: str) -> dict[str, str]:
    """A file by its address: relative, each byte that is not plain as ``%C3``."""
    return {"uri": quote(path.removeprefix("./").encode("utf-8", "surrogateescape")), "uriBaseId": _BASE}


def _region(place: Location, lines: list[str]) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": _utf16_column(place.line, place.column, lines),
        "endLine": place.end_line,
        "endColumn": _utf16_column(place.end_line, place.end_column, lines),
    }


def _snippet(place: Location, lines: list[str]) -> str:
    """The code of a place in one line; empty where there is none, or it has bytes that are no text."""
    if place.line != place.end_line or place.line > len(lines):
        return ""
    code = lines[place.line - 1][place.column - 1 : place.end_column - 1]
    return code if encodable(code) == code else ""


def _utf16_column(number: int, column: int, lines: list[str]) -> int:
    """A column that counts UTF-16 code units, of which a character past U+FFFF has two."""
    line = lines[number - 1] if number <= len(lines) else ""
    return column + sum(1 for char in line[: column - 1] if char > "\uffff")
