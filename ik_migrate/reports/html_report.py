"""The report for planning the upgrade: one HTML file that needs no other file, and no network."""

from __future__ import annotations

from collections import Counter
from typing import IO

from ik_migrate.model.report import Report
from ik_migrate.model.result import Status
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.model.version import VERSION
from ik_migrate.reports.html.apps_view import DRAWN, WORK_COLUMNS, apps_of
from ik_migrate.reports.html.environment import digest, render, resource
from ik_migrate.reports.html.findings_view import WORK_LABELS, FindingsView
from ik_migrate.reports.next_action import NextAction, work_counts
from ik_migrate.reports.progress import progress_by_app, progress_sentence
from ik_migrate.reports.repositories import COLUMNS, repositories_of
from ik_migrate.reports.rule_page import MEANINGS, closing, examples
from ik_migrate.reports.summary import next_steps
from ik_migrate.reports.totals import totals

_COMMANDS = {"scan": "ik-migrate scan", "diff": "ik-migrate apply --diff", "apply": "ik-migrate apply"}
_DIFF_TITLES = {"scan": "What apply would write", "diff": "What is in the diff", "apply": "What apply wrote"}
_TILES = {
    NextAction.MANUAL: ("need manual review", "needs manual review"),
    NextAction.UNSAFE: ("more with `--unsafe-fixes`", "more with `--unsafe-fixes`"),
    NextAction.APPLY: ("safe, `apply` rewrites them", "safe, `apply` rewrites it"),
    NextAction.DONE: ("rewritten", "rewritten"),
    NextAction.NOTICE: ("notices, nothing to change", "notice, nothing to change"),
}


def write_html(report: Report, stream: IO[str]) -> None:
    """Write the report as one HTML page, ASCII only.

    Args:
        report: what was found.
        stream: where to write; any encoding that holds ASCII will do.
    """
    style, script = resource("reports/html/page.css"), resource("reports/html/page.js")
    page = render(
        "reports/html/templates/findings_report.html",
        policy=_policy(style, script),
        style=style,
        script=script,
        title=report.run.project if report.run else _COMMANDS.get(report.command, "ik-migrate"),
        command=_COMMANDS.get(report.command, "ik-migrate"),
        version=VERSION,
        report=report,
        **_head(report),
        **_apps(report),
        **_findings(report),
    )
    stream.write(page.encode("ascii", "xmlcharrefreplace").decode("ascii"))


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style sheet and this script, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{digest(style)}'",
            f"script-src '{digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def _head(report: Report) -> dict[str, object]:
    """Return what is above the tables: how much there is to do, what comes next, and what went wrong."""
    work = work_counts(report)
    return {
        "targets": report.targets if not report.repositories else (),
        "tiles": [(kind, work[kind], labels[work[kind] == 1]) for kind, labels in _TILES.items() if work[kind]],
        "totals": totals(report),
        "steps": next_steps(report),
        "skipped": [(result.path, result.reason) for result in report.results if result.status is Status.SKIPPED],
        "repositories": repositories_of(report),
        "repository_columns": COLUMNS,
        "app_progress": progress_by_app(report.progress) if report.progress else (),
        "progress_sentence": progress_sentence(report.progress) if report.progress else "",
    }


def _apps(report: Report) -> dict[str, object]:
    """Return the apps, and the columns of their table that have anything."""
    apps = apps_of(report)
    work = work_counts(report)
    return {
        "apps": apps,
        "shown_apps": [app for app in apps if app.shown],
        "work": work,
        "work_columns": {kind: title for kind, title in WORK_COLUMNS.items() if work[kind]},
        "most_left": max((app.left.total() for app in apps), default=0),
        "drawn": DRAWN,
        "app_choices": [(app.key, app.label, app.work.total()) for app in apps if app.shown],
    }


def _findings(report: Report) -> dict[str, object]:
    """Return the findings with their rules, and what they can be filtered by."""
    rules = _rules(report)
    counts = Counter((finding.rule.code, finding.applicability) for finding in report.findings)
    codes = Counter(finding.rule.code for finding in report.findings)
    work = work_counts(report)
    return {
        "kinds": tuple(Applicability),
        "kind_counts": Counter(finding.applicability for finding in report.findings),
        "rules": rules,
        "rule_counts": counts,
        "rule_choices": [(rule.code, f"{rule.code} {rule.name}", codes[rule.code]) for rule in rules],
        "work_choices": [(kind.value, WORK_LABELS[kind].replace("`", ""), work[kind]) for kind in NextAction],
        "work_labels": WORK_LABELS,
        "meanings": MEANINGS,
        "examples": examples,
        "closing": closing,
        "files_of": FindingsView(report).files,
        "diff_title": _DIFF_TITLES.get(report.command, "The rewrite"),
    }


def _rules(report: Report) -> list[Rule]:
    """Return the rules that have findings, by their codes."""
    found = {finding.rule.code: finding.rule for finding in report.findings}
    return [found[code] for code in sorted(found)]
