"""The progress of each Django app: a table, with a chart of what is left to do in each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.apps import app_folders, app_labels
from ik_migrate.reports.escape import escape
from ik_migrate.reports.html.markup import Html, element, join, prose
from ik_migrate.reports.next_action import NextAction, work_of
from ik_migrate.reports.repositories import repository_of

_COLUMNS = {
    NextAction.DONE: "Rewritten",
    NextAction.APPLY: "`apply` alone",
    NextAction.UNSAFE: "`--unsafe-fixes`",
    NextAction.MANUAL: "Manual review",
    NextAction.NOTICE: "Notices",
}
# Most urgent first, from left to right.
_DRAWN = (Applicability.MANUAL, Applicability.UNSAFE, Applicability.SAFE, Applicability.NOTICE)
# Per cent of the width of the chart: anything narrower is invisible.
_NARROWEST = 0.7


@dataclass(frozen=True)
class App:
    """The files of one Django app, and what is to be done about them.

    Args:
        folder: its path, ``.`` for files in no folder.
        label: what it is called in the report.
        results: its files.
        work: how many findings there are of each kind of work.
        left: how many of those that ``apply`` has not rewritten there are of each applicability.
        finished: how many of the files need nothing any more.
    """

    folder: str
    label: str
    results: tuple[FileResult, ...]
    work: Counter[NextAction]
    left: Counter[Applicability]
    finished: int

    @property
    def shown(self) -> list[FileResult]:
        """The files with findings, and those that are rewritten although no finding in them counts."""
        return [result for result in self.results if result.findings or result.before != result.after]

    @property
    def key(self) -> str:
        """What the app is called in the filter."""
        return escape(self.folder)

    @property
    def anchor(self) -> str:
        """The fragment of the address that leads to the app, and is the filter for it as well."""
        return f"app={quote(self.key, safe='/')}"


def apps_of(report: Report) -> list[App]:
    """The apps of a report, those with the most left to do first."""
    folders = app_folders(result.path for result in report.results)
    labels = app_labels(folders.values())
    by_folder: dict[str, list[FileResult]] = {}
    for result in report.results:
        by_folder.setdefault(folders[result.path], []).append(result)
    apps = [
        _app(folder, _label(folder, labels[folder], report), results, report) for folder, results in by_folder.items()
    ]
    return sorted(apps, key=lambda app: (-app.left.total(), app.folder))


def _label(folder: str, label: str, report: Report) -> str:
    """Return the label of an app, with its repository in a merged report."""
    repository = repository_of(report, f"{folder}/")
    if not repository:
        return label
    return f"{repository}: {'top folder' if folder == repository else label.removeprefix(f'{repository}/')}"


def _app(folder: str, label: str, results: Sequence[FileResult], report: Report) -> App:
    work: Counter[NextAction] = Counter()
    left: Counter[Applicability] = Counter()
    finished = 0
    for result in results:
        works = [work_of(finding, result, report) for finding in result.findings]
        work.update(works)
        left.update(
            finding.applicability
            for finding, kind in zip(result.findings, works, strict=True)
            if kind is not NextAction.DONE
        )
        # What the baseline has does not count as a finding, but it is not done either.
        works += [work_of(finding, result, report) for finding in result.baselined]
        well = result.status in {Status.CHANGED, Status.UNCHANGED}
        finished += well and not any(kind.is_open for kind in works)
    return App(folder, label, tuple(results), work, left, finished)


def apps_table(apps: Sequence[App]) -> Html:
    """Return the table of apps: what is to be done, how much is done, and a chart of what is left."""
    totals: Counter[NextAction] = Counter()
    for app in apps:
        totals.update(app.work)
    columns = [kind for kind in _COLUMNS if totals[kind]]
    most = max((app.left.total() for app in apps), default=0)
    head = [
        element("th", "App", scope="col"),
        element("th", "Files done", scope="col", class_="number"),
        *(element("th", prose(_COLUMNS[kind]), scope="col", class_="number") for kind in columns),
        element("th", "What is left", scope="col", class_="chart"),
    ]
    foot = [
        element("th", "All", scope="row"),
        _number(f"{sum(app.finished for app in apps)} of {sum(len(app.results) for app in apps)}"),
        *(_number(totals[kind]) for kind in columns),
        element("td"),
    ]
    return element(
        "div",
        element(
            "table",
            element(
                "caption",
                "Findings by app and next action. A file is done when nothing in it is left to do.",
            ),
            element("thead", element("tr", *head)),
            element("tbody", *(_row(app, columns, most) for app in apps)),
            element("tfoot", element("tr", *foot)),
            class_="apps",
        ),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label="Table of the apps",
    )


def _row(app: App, columns: Sequence[NextAction], most: int) -> Html:
    name: str = app.label
    if app.shown:
        name = element("a", app.label, href=f"#{app.anchor}", title=app.folder)
    return element(
        "tr",
        element("th", name, scope="row"),
        _number(f"{app.finished} of {len(app.results)}"),
        *(_number(app.work[kind]) for kind in columns),
        element("td", _bar(app, most), class_="chart"),
    )


def _number(value: str | int) -> Html:
    return element("td", str(value or "-"), class_="number")


def _bar(app: App, most: int) -> Html:
    """What is left in an app, drawn to the same scale for all of them; in words where that is nothing.

    Args:
        most: how much is left in the app where most is left: it takes the whole width.
    """
    if not app.left:
        return element("span", "nothing", class_="nothing")
    pieces = []
    start = 0.0
    for kind in _DRAWN:
        if not app.left[kind]:
            continue
        width = max(_NARROWEST, 100 * app.left[kind] / most)
        width = min(width, 100 - start)
        pieces.append(
            element(
                "rect",
                element("title", f"{app.left[kind]} {kind.value}"),
                x=f"{start:.2f}%",
                width=f"{width:.2f}%",
                height="100%",
                class_=kind.value,
            )
        )
        start += width
    listed = ", ".join(f"{app.left[kind]} {kind.value}" for kind in _DRAWN if app.left[kind])
    return element("svg", *pieces, class_="bar", role="img", aria_label=f"{app.label}: {listed} left")


def legend() -> Html:
    """Return the legend of the charts, and the patterns that they use."""
    patterns = [
        _pattern("hatching", 6, element("path", d="M-1 7 7 -1M-1 1 1 -1M5 7 7 5", class_="line")),
        _pattern("dots", 5, element("circle", cx="2.5", cy="2.5", r="1.1", class_="line")),
    ]
    items = [
        element(
            "li",
            element(
                "svg",
                element("rect", width="100%", height="100%", class_=kind.value),
                class_="swatch",
                aria_hidden="true",
            ),
            kind.value,
        )
        for kind in _DRAWN
    ]
    hidden = element("svg", element("defs", *patterns), class_="patterns", aria_hidden="true")
    return join([hidden, element("ul", *items, class_="legend", aria_label="Legend of the charts")])


def _pattern(name: str, size: int, drawing: Html) -> Html:
    ground = element("rect", width=size, height=size, class_="ground")
    return element("pattern", ground, drawing, id=name, width=size, height=size, patternUnits="userSpaceOnUse")
