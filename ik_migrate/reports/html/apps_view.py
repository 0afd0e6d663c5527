"""The progress of each Django app, with a chart of what is left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.apps import app_folders, app_labels
from ik_migrate.reports.escape import escape
from ik_migrate.reports.next_action import NextAction, work_of
from ik_migrate.reports.repositories import repository_of

WORK_COLUMNS = {
    NextAction.DONE: "Rewritten",
    NextAction.APPLY: "`apply` alone",
    NextAction.UNSAFE: "`--unsafe-fixes`",
    NextAction.MANUAL: "Manual review",
    NextAction.NOTICE: "Notices",
}
DRAWN = (Applicability.MANUAL, Applicability.UNSAFE, Applicability.SAFE, Applicability.NOTICE)
"""What the chart has, most urgent first, from left to right."""
# Per cent of the width of the chart: anything narrower is invisible.
_NARROWEST = 0.7


@dataclass(frozen=True)
class Piece:
    """A piece of a chart: what it stands for, and where it is, in per cent of the width."""

    kind: Applicability
    start: str
    width: str


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

    @property
    def left_in_words(self) -> str:
        """How many findings are left, by applicability."""
        return ", ".join(f"{self.left[kind]} {kind.value}" for kind in DRAWN if self.left[kind])

    def bar(self, most: int) -> Iterator[Piece]:
        """What is left, drawn to the same scale for all apps.

        Args:
            most: how much is left in the app where most is left: it takes the whole width.
        """
        start = 0.0
        for kind in DRAWN:
            if self.left[kind]:
                width = min(max(_NARROWEST, 100 * self.left[kind] / most), 100 - start)
                yield Piece(kind, f"{start:.2f}", f"{width:.2f}")
                start += width


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
