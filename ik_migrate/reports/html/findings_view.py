"""The findings, by app and file: what was found, the code, why it matters, what to do, and the rewrite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ik_migrate.model.finding import Finding
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.code_frame import frame_lines
from ik_migrate.reports.html.apps_view import App
from ik_migrate.reports.html.diff_view import numbered, side_by_side
from ik_migrate.reports.html.markup import Html, code, code_block, element, join, paragraphs, prose, text
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
_DIFF_TITLES = {"scan": "What apply would write", "diff": "What is in the diff", "apply": "What apply wrote"}
# Cells of code in a frame: more than fits, the rest is scrolled to; but not the whole of a minified line.
_FRAME_WIDTH = 240
# Diffs with more lines than that, all together, omit unchanged lines.
_MAX_UNCHANGED = 20_000


class FindingsView:
    """Renders the findings of one report, and numbers them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        rewritten = (result.before for result in report.results if result.status is Status.CHANGED)
        lines = sum(before.count(b"\n") for before in rewritten)
        self._with_unchanged = lines <= _MAX_UNCHANGED
        self._number = 0

    def app(self, app: App) -> Html:
        """The section of an app, file by file."""
        title = [app.label] if app.label == app.folder else [app.label, element("small", app.folder)]
        files = [self._file(result) for result in app.shown]
        return element("section", element("h3", *title), *files, class_="app", id=app.anchor, data_app=app.key)

    def _file(self, result: FileResult) -> Html:
        works = [work_of(finding, result, self.report) for finding in result.findings]
        # A result that was read from a report has no code.
        lines = original_lines(result) if result.before else []
        parts = [self._finding(finding, work, lines) for finding, work in zip(result.findings, works, strict=True)]
        if result.before != result.after:
            parts.append(
                element(
                    "details",
                    element("summary", element("h5", _DIFF_TITLES.get(self.report.command, "The rewrite"))),
                    side_by_side(result, with_unchanged=self._with_unchanged),
                    class_="rewrite",
                )
            )
        # A long path breaks at its slashes.
        title = element("h4", join([text(part) for part in result.path.split("/")], "/<wbr>"))
        return element(
            "details",
            element("summary", title, _counts(result.findings)),
            *parts,
            class_="file",
            open=any(work in {NextAction.MANUAL, NextAction.UNSAFE} for work in works),
        )

    def _finding(self, finding: Finding, work: NextAction, lines: Sequence[str]) -> Html:
        """One finding; what nobody has to act on is folded."""
        self._number += 1
        anchor = f"f{self._number}"
        kind, rule = finding.applicability, finding.rule
        head = join(
            [
                badge(kind),
                element("h5", prose(finding.message)),
                element("span", f"line {finding.location.line}", class_="line"),
                element("span", rule.code, class_="code"),
            ],
            " ",
        )
        about = [
            element("a", f"{rule.code} {rule.name}", href=f"#{rule.code}"),
            element("a", f"line {finding.location.line}, column {finding.location.column}", href=f"#{anchor}"),
            prose(WORK_LABELS[work]),
        ]
        body = [element("p", join(about, " &middot; "), class_="about"), frame(lines, finding.location)]
        folded = work in {NextAction.APPLY, NextAction.DONE}
        advice = _advice(finding, full=not folded)
        if advice:
            body.append(element("dl", *advice))
        attributes = {"id": anchor, "data_kind": kind.value, "data_work": work.value, "data_rule": rule.code}
        if folded:
            return element("details", element("summary", head), *body, class_="finding", **attributes)
        return element("article", element("header", head), *body, class_="finding", **attributes)


def badge(kind: Applicability) -> Html:
    """The applicability as a word; its colour only repeats it."""
    return element("span", kind.value, class_=f"badge {kind.value}")


def _counts(findings: Sequence[Finding]) -> Html:
    kinds = Counter(finding.applicability for finding in findings)
    listed = [f"{kinds[kind]} {kind.value}" for kind in Applicability if kinds[kind]]
    number = count(len(findings), "finding")
    return element("span", f"{number} ({', '.join(listed)})" if listed else number, class_="counts")


def _advice(finding: Finding, *, full: bool) -> list[Html]:
    """Why, what to do and what to write; without ``full``, only what the text of the rule does not have."""
    rule = finding.rule
    said = {rule.why, rule.help} if not full else set()
    parts: list[Html] = []
    for label, advice in (("Why", finding.why), ("Do", finding.help)):
        if advice and advice not in said:
            parts += [element("dt", label), element("dd", paragraphs(advice))]
    if finding.suggestion:
        parts += [element("dt", "Write"), element("dd", code_block(finding.suggestion, class_="suggestion"))]
    if finding.blocks:
        parts += [element("dt", "Also"), element("dd", paragraphs(blocked_sentence(finding)))]
    if finding.applicability is Applicability.MANUAL:
        parts += [element("dt", "Fine?"), element("dd", paragraphs(ignore_hint(finding)))]
    return parts


def frame(lines: Sequence[str], place: Location) -> Html:
    """The code of a finding with the place marked; empty when the file has no such line."""
    shown: list[str] = []
    for line in frame_lines(lines, place, width=_FRAME_WIDTH):
        if line.follows_gap:
            shown.append(Html('<i data-n="..."></i>'))
        marked = element("mark", code(line.marked)) if line.marked else Html("")
        shown.append(numbered(line.number, join([code(line.before), marked, code(line.after)])))
    if not shown:
        return Html("")
    return element("pre", element("code", join(shown, "\n")), class_="frame", tabindex=0)
