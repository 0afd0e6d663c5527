"""A checklist in Markdown, to paste into an issue or a pull request and tick off there."""

from __future__ import annotations

import re
from itertools import groupby
from typing import IO

from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.report_diff import ReportDiff
from ik_migrate.model.result import FileResult
from ik_migrate.model.rule import Rule
from ik_migrate.reports.annotations import gaps
from ik_migrate.reports.apps import app_folders, app_labels
from ik_migrate.reports.escape import escape, visible_lines
from ik_migrate.reports.head import target_sentences
from ik_migrate.reports.ignore_hint import blocked_sentence, ignore_hint
from ik_migrate.reports.links import rule_url
from ik_migrate.reports.next_action import NextAction, work_of
from ik_migrate.reports.progress import progress_by_app, progress_sentence
from ik_migrate.reports.repositories import COLUMNS, repositories_of
from ik_migrate.reports.rule_page import fenced, language, sentence
from ik_migrate.reports.totals import totals

_HINTS = {
    NextAction.APPLY: "`ik-migrate apply` rewrites it",
    NextAction.UNSAFE: "`ik-migrate apply --unsafe-fixes` rewrites it; check what can change",
    NextAction.MANUAL: "needs manual review",
    NextAction.DONE: "rewritten",
}


def write_markdown(report: Report, stream: IO[str]) -> None:
    """Write a box to tick for each finding, by app and file; those that were rewritten in this run are ticked.

    The why and the help of each rule come once, at the end.

    Args:
        report: what was found.
        stream: where to write, UTF-8.
    """
    parts = ["# From ImageKit 2 to ImageKit 3"]
    if report.repositories:
        parts.append(_repositories(report))
    elif report.targets:
        parts.append("\n".join(f"- {_prose(sentence)}" for sentence in target_sentences(report.targets)))
    parts.append(_prose(totals(report)))
    if report.progress is not None:
        parts += [_prose(progress_sentence(report.progress)), _progress_table(report.progress)]
    listed = [result for result in report.results if any(_is_listed(f, result, report) for f in result.findings)]
    folders = app_folders(result.path for result in listed)
    labels = app_labels(folders.values())
    listed.sort(key=lambda result: (folders[result.path], result.path))
    for folder, results in groupby(listed, key=lambda result: folders[result.path]):
        parts.append(f"## {_code(labels[folder]) if folder != '.' else 'Top folder'}")
        parts += [_file(result, report) for result in results]
    if report.failed:
        parts += ["## Errors", _gaps(report, failed=True)]
    if any(not gap.failed for gap in gaps(report)):
        parts += ["## Skipped", _gaps(report, failed=False)]
    if report.skipped_trees:
        parts += ["## Skipped folders", "\n".join(f"- {_code(tree)}" for tree in report.skipped_trees)]
    notices = _notices(report)
    if notices:
        parts += ["## Notices", "\n".join(notices)]
    rules = {finding.rule.code: finding.rule for finding in report.findings}
    if rules:
        parts += ["## The rules", *(_rule(rules[code]) for code in sorted(rules))]
        parts.append("\n".join(f"[{code}]: {rule_url(code)}" for code in sorted(rules) if rule_url(code)))
    stream.write("\n\n".join(parts) + "\n")


def _repositories(report: Report) -> str:
    rows = [f"| {_code(one.name)} | {' | '.join(one.cells)} |" for one in repositories_of(report)]
    return "\n".join([f"| repository | {' | '.join(COLUMNS)} |", "|---|" + "---|" * len(COLUMNS), *rows])


def _progress_table(progress: ReportDiff) -> str:
    rows = [f"| {_code(app.label)} | {app.new} | {app.gone} | {app.left} |" for app in progress_by_app(progress)]
    return "\n".join(["| app | new | gone | left |", "|---|---|---|---|", *rows])


def _is_listed(finding: Finding, result: FileResult, report: Report) -> bool:
    return work_of(finding, result, report) is not NextAction.NOTICE


def _file(result: FileResult, report: Report) -> str:
    items = [_item(finding, result, report) for finding in result.findings if _is_listed(finding, result, report)]
    return f"### {_code(result.path)}\n\n" + "\n".join(items)


def _item(finding: Finding, result: FileResult, report: Report) -> str:
    """Return one box with its line; what is special about the finding is below."""
    work = work_of(finding, result, report)
    tick = " " if work.is_open else "x"
    lines = [
        f"- [{tick}] line {finding.location.line}, {_link(finding.rule)}: {_prose(finding.message)} ({_HINTS[work]})"
    ]
    if work.is_open:
        if finding.why != finding.rule.why:
            lines += ["", f"  {_prose(finding.why)}"]
        if finding.help != finding.rule.help:
            lines += ["", f"  {_prose(finding.help)}"]
        if finding.suggestion:
            block = fenced(visible_lines(finding.suggestion), language(result.path))
            lines += ["", *(f"  {line}".rstrip() for line in block.split("\n")), ""]
        more = [blocked_sentence(finding)] if finding.blocks else []
        more += [ignore_hint(finding)] if work is NextAction.MANUAL else []
        for sentence_ in more:
            lines += ["", f"  {_prose(sentence_)}"]
    return "\n".join(lines)


def _gaps(report: Report, *, failed: bool) -> str:
    box = "- [ ]" if failed else "-"
    return "\n".join(f"{box} {_code(gap.path)}: {_prose(gap.reason)}" for gap in gaps(report) if gap.failed is failed)


def _notices(report: Report) -> list[str]:
    return [
        f"- {_link(finding.rule)} at {_code(f'{result.path}:{finding.location.line}')}: {_prose(finding.message)}"
        for result in report.results
        for finding in result.findings
        if not _is_listed(finding, result, report)
    ]


def _rule(rule: Rule) -> str:
    return f"### {rule.code} {rule.name}\n\n{_prose(sentence(rule.why))}\n\nWhat to do: {_prose(sentence(rule.help))}"


def _link(rule: Rule) -> str:
    name = f"{rule.code} {rule.name}"
    return f"[{name}][{rule.code}]" if rule_url(rule.code) else name


def _code(text: str) -> str:
    """User text as a code span, where it means nothing but itself."""
    shown = escape(text)
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", shown)), default=0))
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _prose(text: str) -> str:
    """A sentence in which only code in backticks is special: no link, no tag, no mention of a user or an issue."""
    pieces = re.split(r"(`[^`]+`)", visible_lines(text).replace("\n", " "))
    pieces[::2] = [_escaped(piece) for piece in pieces[::2]]
    return "".join(pieces)


def _escaped(text: str) -> str:
    text = re.sub(r"[\\`*\[\]<>|~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\\g<0>", text)
    # GitHub and GitLab make @name and #1 links, backslash or not, and tell the user of that name.
    return re.sub(r"[@#!](?=\w)", r"\g<0><!-- -->", text)
