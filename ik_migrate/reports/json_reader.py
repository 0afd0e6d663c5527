"""A report back from its JSON: without the code of the files, for JSON has none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from ik_migrate.engine import registry as codemod
from ik_migrate.model.baseline_entry import BaselineDiff, BaselineEntry
from ik_migrate.model.finding import Blocker, Finding
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.model.run_info import ProjectTarget, RunInfo
from ik_migrate.reports.json_report import SCHEMA_VERSION

Value = TypeVar("Value")


class NotAReport(Exception):
    """The data is not a JSON report of this tool; the message says why."""


def read_json(data: bytes) -> Report:
    """The report that was written as JSON.

    Its results have neither `before` nor `after`. Rules that this version does not know, of a codemod of somebody's
    own or of another version, are what the findings say of them.

    Raises:
        NotAReport: when it is something else.
    """
    if not data.strip():
        raise NotAReport("it is empty: the run that should have written it failed")
    try:
        report = json.loads(data)
    except ValueError as error:
        raise NotAReport(f"it is not JSON ({error})") from None
    except RecursionError:
        raise NotAReport("it is nested too deeply") from None
    if not isinstance(report, dict) or not _is_ours(report):
        raise NotAReport("it is JSON, but not a report of ik-migrate. Write one with --output json=FILE")
    if report.get("version") != SCHEMA_VERSION:
        raise NotAReport(
            f"it has version {report.get('version')!r} of the JSON report, and this ik-migrate reads {SCHEMA_VERSION}"
        )
    try:
        return _report(report)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAReport(f"it is damaged: {type(error).__name__}: {error}") from None


def _is_ours(report: dict[str, Any]) -> bool:
    tool = report.get("tool")
    return isinstance(tool, dict) and tool.get("name") == "ik-migrate"


def _target(target: dict[str, Any]) -> ProjectTarget:
    project, version, reason = _texts(target, "project", "version", "reason")
    return ProjectTarget(project, version, reason)


def _report(report: dict[str, Any]) -> Report:
    return Report(
        _typed(str, report["command"]),
        _all(report["files"], _file),
        _typed(int, report["summary"]["files_searched"]),
        _all(report["errors"], lambda error: (_typed(str, error["path"]), _typed(str, error["reason"]))),
        _typed(bool, report["unsafe_fixes"]),
        _all(report["skipped_trees"], lambda tree: _typed(str, tree)),
        baseline=_baseline(report["baseline"]) if report["baseline"] is not None else None,
        targets=_all(report["targets"], _target),
        # Reports of before this key have none.
        repositories=_all(report.get("repositories", []), lambda name: _typed(str, name)),
        run=RunInfo(*_texts(report["run"], "project", "revision", "date", "command")) if report["run"] else None,
    )


def _texts(item: dict[str, Any], *keys: str) -> list[str]:
    return [_typed(str, item[key]) for key in keys]


def _baseline(baseline: dict[str, Any]) -> BaselineDiff:
    return BaselineDiff(
        _typed(str, baseline["path"]), _all(baseline["fixed"], _trait), _all(baseline["unseen"], _trait)
    )


def _trait(trait: dict[str, Any]) -> BaselineEntry:
    return BaselineEntry(*(_typed(str, trait[key]) for key in ("path", "rule", "context", "code")))


def _file(file: dict[str, Any]) -> FileResult:
    path = _typed(str, file["path"])
    said = [*file["findings"], *sorted(file["suppressed"], key=lambda finding: finding["suppressed_by"] != "comment")]
    found = [(finding, _finding(finding, path)) for finding in said]

    def those(by: str) -> tuple[Finding, ...]:
        return tuple(finding for data, finding in found if data.get("suppressed_by", "") == by)

    return FileResult(
        path,
        Status(file["status"]),
        those(""),
        tuple(finding for data, finding in found if data["applied"]),
        reason=_typed(str, file["reason"]),
        suppressed=those("comment"),
        baselined=those("baseline"),
        fingerprints=tuple(_typed(str, data["fingerprint"]) for data in said),
    )


def _finding(finding: dict[str, Any], path: str) -> Finding:
    applicability = Applicability(finding["applicability"])
    why, todo = _typed(str, finding["why"]), _typed(str, finding["help"])
    rule, place = _rule(finding, applicability, why, todo), _location(finding)
    blocker = Blocker(rule.code, place.line)

    def blocked(one: dict[str, Any]) -> Finding:
        own = _rule(one, Applicability.MANUAL, "", "")
        found = Finding(own, path, _location(one), _typed(str, one["message"]), Applicability.MANUAL)
        return found.as_blocked(blocker)

    return Finding(
        rule,
        path,
        place,
        _typed(str, finding["message"]),
        applicability,
        why,
        todo,
        _typed(str, finding["suggestion"]),
        blocks=_all(finding["blocks"], blocked),
    )


def _rule(finding: dict[str, Any], applicability: Applicability, why: str, todo: str) -> Rule:
    """The rule of that code, or what the finding says of it where this version has none."""
    code, name = _typed(str, finding["rule"]["code"]), _typed(str, finding["rule"]["name"])
    unknown = Rule(code, name, name.replace("-", " "), (applicability,), why, todo, source="", before="", after="")
    return codemod.rules().get(code, unknown)


def _location(finding: dict[str, Any]) -> Location:
    keys = ("line", "column", "end_line", "end_column")
    return Location(*(_typed(int, finding["location"][key]) for key in keys))


def _all(items: Any, read: Callable[[Any], Value]) -> tuple[Value, ...]:
    return tuple(read(item) for item in _typed(list, items))


def _typed(kind: type[Value], value: Any) -> Value:
    if not isinstance(value, kind):
        raise TypeError(f"{json.dumps(value)[:60]} is no {kind.__name__}")
    return value
