"""The top of the page: how much there is to do and for whom, what comes next, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from ik_migrate.model.report import Report
from ik_migrate.model.result import Status
from ik_migrate.reports.html.markup import Html, element, join, paragraphs, prose
from ik_migrate.reports.next_action import NextAction, work_counts
from ik_migrate.reports.summary import next_steps
from ik_migrate.reports.totals import count, totals

_TILES = {
    NextAction.MANUAL: ("need manual review", "needs manual review"),
    NextAction.UNSAFE: ("more with `--unsafe-fixes`", "more with `--unsafe-fixes`"),
    NextAction.APPLY: ("safe, `apply` rewrites them", "safe, `apply` rewrites it"),
    NextAction.DONE: ("rewritten", "rewritten"),
    NextAction.NOTICE: ("notices, nothing to change", "notice, nothing to change"),
}

_NOTES = {False: "Use the paths and options of this run.", True: "Run each command in each repository."}


def tiles(report: Report) -> Html:
    """The number of findings for each kind of work, which leads to them; nothing where there are none."""
    counts = work_counts(report)
    items = []
    for work, (many, one) in _TILES.items():
        if counts[work]:
            label = [element("strong", str(counts[work])), " ", prose(one if counts[work] == 1 else many)]
            items.append(element("li", element("a", *label, href=f"#work={work.value}"), class_=work.value))
    return element("ul", *items, class_="tiles") if items else Html("")


def conclusion(report: Report) -> Html:
    """The run in one sentence, and the next steps."""
    parts = [element("p", prose(totals(report)), class_="totals")]
    steps = next_steps(report)
    if steps:
        parts += [
            element("h3", "Next steps"),
            element("ol", *(element("li", prose(step)) for step in steps)),
            element("p", _NOTES[bool(report.repositories)], class_="note"),
        ]
    return join(parts)


def problems(report: Report) -> Html:
    """Return errors and skipped files; nothing where there are none."""
    skipped = [(result.path, result.reason) for result in report.results if result.status is Status.SKIPPED]
    parts = [
        *_reasons("Errors", report.failed, "failed"),
        *_reasons("Skipped", skipped, "skipped"),
    ]
    if not parts:
        return Html("")
    return element("section", element("h2", "Missing from this report"), *parts, class_="gaps")


def left_out(report: Report) -> Html:
    """Return what was excluded; nothing where nothing was."""
    parts: list[Html] = []
    if report.skipped_trees:
        folders = [element("li", element("code", tree)) for tree in report.skipped_trees]
        parts += [element("h3", "Folders"), element("ul", *folders)]
    parts += _reasons("Skipped, though they mention ImageKit", report.left_out, "skipped")
    return element("section", element("h2", "Excluded"), *parts, class_="gaps") if parts else Html("")


def _reasons(title: str, files: Sequence[tuple[str, str]], name: str) -> list[Html]:
    if not files:
        return []
    items = [join([element("dt", element("code", path)), element("dd", paragraphs(reason))]) for path, reason in files]
    return [element("h3", f"{title}: {count(len(files), 'file')}"), element("dl", *items, class_=name)]
