"""One report of many: for an organisation that runs the tool in each of its repositories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult


class NotAlike(Exception):
    """The reports are of different commands; the message says which."""


def merged(reports: Mapping[str, Report], errors: Sequence[tuple[str, str]] = ()) -> Report:
    """One report with all that the others say, each path below the name of its report.

    ``scan`` and ``apply --diff`` say what would be done, and count as the same. Comparisons with
    baselines are dropped; findings in the baselines still do not count.

    Args:
        reports: the reports, by their names.
        errors: what could not be read, a path and a reason each.

    Raises:
        NotAlike: when some say what was done, and others what would be.
    """
    applied = sorted(name for name, report in reports.items() if report.command == "apply")
    others = sorted(reports.keys() - {*applied})
    if applied and others:
        raise NotAlike(f"{applied[0]} tells what apply has done, and {others[0]} what it would do: these do not add up")
    return Report(
        "apply" if applied else "scan",
        tuple(_below(name, result) for name, report in reports.items() for result in report.results),
        sum(report.files_searched for report in reports.values()),
        (*errors, *((f"{name}/{path}", why) for name, report in reports.items() for path, why in report.errors)),
        any(report.unsafe_fixes for report in reports.values()),
        tuple(f"{name}/{tree}" for name, report in reports.items() for tree in report.skipped_trees),
        targets=tuple(
            replace(target, project=name if _is_single(report) else f"{name}/{target.project}")
            for name, report in reports.items()
            for target in report.targets
        ),
        repositories=tuple(
            repository
            for name, report in reports.items()
            for repository in ([f"{name}/{inner}" for inner in report.repositories] or [name])
        ),
    )


def _is_single(report: Report) -> bool:
    """Whether it is the report of one project, not a merged one."""
    return len(report.targets) == 1 and not report.repositories


def _below(name: str, result: FileResult) -> FileResult:
    path = f"{name}/{result.path.removeprefix('./')}"

    def moved(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(replace(finding, path=path) for finding in findings)

    return replace(
        result,
        path=path,
        findings=moved(result.findings),
        applied=moved(result.applied),
        suppressed=moved(result.suppressed),
        baselined=moved(result.baselined),
    )


def report_names(paths: Sequence[Path]) -> list[str]:
    """A short name for each file of a report: as much of the end of its path as tells it from the others.

    The extension does not count, nor does what all paths end in: ``shop/report.json`` and ``blog/report.json``
    are ``shop`` and ``blog``.

    Args:
        paths: the files, each once.
    """
    parts = [path.absolute().with_suffix("").parts for path in paths]
    while len(parts) > 1 and all(len(one) > 1 for one in parts) and len({one[-1] for one in parts}) == 1:
        parts = [one[:-1] for one in parts]
    lengths = [1] * len(parts)
    while True:
        names = ["/".join(one[-length:]) for one, length in zip(parts, lengths, strict=True)]
        counts = Counter(names)
        longer = [
            length + 1 if counts[name] > 1 and length < len(one) else length
            for one, name, length in zip(parts, names, lengths, strict=True)
        ]
        if longer == lengths:
            return names
        lengths = longer
