"""The findings, by file: what was found, the code, why it matters, what to do, and the rewrite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ik_migrate.model.finding import Finding
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.code_frame import frame_lines
from ik_migrate.reports.html.apps_view import App
from ik_migrate.reports.html.diff_view import Fold, Table, numbered, side_by_side
from ik_migrate.reports.html.environment import code
from ik_migrate.reports.ignore_hint import blocked_sentence, ignore_hint
from ik_migrate.reports.next_action import NextAction, work_of
from ik_migrate.reports.totals import count
from ik_migrate.source.original_text import original_lines

WORK_LABELS = {
    NextAction.MANUAL: "needs manual review",
    NextAction.UNSAFE: "`apply --unsafe-fixes` does it",
    NextAction.APPLY: "`apply` does it",
    NextAction.NOTICE: "nothing to change",
    NextAction.DONE: "rewritten",
}
# Cells of code in a frame: more than fits, the rest is scrolled to; but not the whole of a minified line.
_FRAME_WIDTH = 240
# Diffs with more lines than that, all together, omit unchanged lines.
_MAX_UNCHANGED = 20_000


@dataclass(frozen=True)
class FindingView:
    """One finding.

    Args:
        finding: the finding.
        anchor: its name in the page.
        work: what is left to do about it.
        frame: its code.
        advice: labels and texts; that of ``Write`` is code.
    """

    finding: Finding
    anchor: str
    work: NextAction
    frame: Markup
    advice: tuple[tuple[str, str], ...]

    @property
    def is_folded(self) -> bool:
        """Whether nobody has to act on it."""
        return _is_folded(self.work)


@dataclass(frozen=True)
class FileView:
    """One file.

    Args:
        path: its path.
        counts: how many findings it has, in words.
        findings: its findings.
        diff: its rewrite; nothing where there is none.
    """

    path: str
    counts: str
    findings: tuple[FindingView, ...]
    diff: tuple[Table | Fold, ...]

    @property
    def is_open(self) -> bool:
        """Whether its findings are shown at once."""
        return any(shown.work in {NextAction.MANUAL, NextAction.UNSAFE} for shown in self.findings)


class FindingsView:
    """The findings of one report, numbered."""

    def __init__(self, report: Report) -> None:
        self.report = report
        rewritten = (result.before for result in report.results if result.status is Status.CHANGED)
        lines = sum(before.count(b"\n") for before in rewritten)
        self._with_unchanged = lines <= _MAX_UNCHANGED
        self._number = 0

    def files(self, app: App) -> Iterator[FileView]:
        """Yield the files of an app."""
        return map(self._file, app.shown)

    def _file(self, result: FileResult) -> FileView:
        # A result that was read from a report has no code.
        lines = original_lines(result) if result.before else []
        is_rewritten = result.before != result.after
        return FileView(
            result.path,
            _counts(result.findings),
            tuple(self._finding(finding, work_of(finding, result, self.report), lines) for finding in result.findings),
            tuple(side_by_side(result, with_unchanged=self._with_unchanged) if is_rewritten else ()),
        )

    def _finding(self, finding: Finding, work: NextAction, lines: Sequence[str]) -> FindingView:
        self._number += 1
        advice = tuple(_advice(finding, full=not _is_folded(work)))
        return FindingView(finding, f"f{self._number}", work, _frame(lines, finding.location), advice)


def _is_folded(work: NextAction) -> bool:
    return work in {NextAction.APPLY, NextAction.DONE}


def _counts(findings: Sequence[Finding]) -> str:
    kinds = Counter(finding.applicability for finding in findings)
    listed = [f"{kinds[kind]} {kind.value}" for kind in Applicability if kinds[kind]]
    number = count(len(findings), "finding")
    return f"{number} ({', '.join(listed)})" if listed else number


def _advice(finding: Finding, *, full: bool) -> Iterator[tuple[str, str]]:
    """Why, what to do and what to write; without ``full``, only what the text of the rule does not have."""
    rule = finding.rule
    known = {rule.why, rule.help} if not full else set()
    for label, advice in (("Why", finding.why), ("Do", finding.help)):
        if advice and advice not in known:
            yield label, advice
    if finding.suggestion:
        yield "Write", finding.suggestion
    if finding.blocks:
        yield "Also", blocked_sentence(finding)
    if finding.applicability is Applicability.MANUAL:
        yield "Fine?", ignore_hint(finding)


def _frame(lines: Sequence[str], place: Location) -> Markup:
    """The code of a finding with the place marked; empty when the file has no such line."""
    shown: list[tuple[int | str, Markup]] = []
    for line in frame_lines(lines, place, width=_FRAME_WIDTH):
        if line.follows_gap:
            shown.append(("...", Markup("")))
        marked = Markup("<mark>{}</mark>").format(code(line.marked)) if line.marked else Markup("")
        shown.append((line.number, code(line.before) + marked + code(line.after)))
    return numbered(shown)
