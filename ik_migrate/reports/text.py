"""The report for the terminal: what needs manual review first, what is merely rewritten in short, notices last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import IO

from rich.text import Text

from ik_migrate.model.baseline_entry import BaselineDiff
from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.escape import escape
from ik_migrate.reports.finding_view import FindingPrinter
from ik_migrate.reports.fix_list import print_fix_list
from ik_migrate.reports.fix_view import print_fixes
from ik_migrate.reports.head import target_sentences
from ik_migrate.reports.next_action import NextAction, work_of
from ik_migrate.reports.progress import print_progress
from ik_migrate.reports.repositories import print_repositories
from ik_migrate.reports.summary import print_summary
from ik_migrate.reports.terminal import ReportConsole, joined, make_console, print_line, print_wrapped, prose
from ik_migrate.reports.totals import count
from ik_migrate.source.original_text import original_lines, split_lines

Place = tuple[FileResult, Finding]


def write_text(
    report: Report,
    stream: IO[str],
    *,
    color: bool | None = None,
    width: int | None = None,
    show_fixes: bool = False,
) -> None:
    """Write the report for the terminal.

    Args:
        report: what was found.
        stream: where to write.
        color: whether to use colour; ``None`` to find out from the stream and the environment.
        width: cells per line; ``None`` for the width of the terminal.
        show_fixes: whether to show what each fix writes.
    """
    print_report(make_console(stream, color=color, width=width), report, show_fixes=show_fixes)


def print_report(console: ReportConsole, report: Report, *, show_fixes: bool = False) -> None:
    """Print the report on a console of the caller, a recording one for instance."""
    _ReportPrinter(console, report, show_fixes).print()


class _ReportPrinter:
    def __init__(self, console: ReportConsole, report: Report, show_fixes: bool) -> None:
        self.console = console
        self.report = report
        self._show_fixes = show_fixes
        self._findings = FindingPrinter(console, [target.reason for target in report.targets])
        self._sections: dict[NextAction, list[Place]] = {action: [] for action in NextAction}
        for result in report.results:
            for finding in result.findings:
                self._sections[self._section(finding, result)].append((result, finding))

    def print(self) -> None:
        self._targets()
        self._in_full("Needs manual review", NextAction.MANUAL, "red")
        self._in_full("Unsafe fixes", NextAction.UNSAFE, "yellow")
        self._done()
        self._fixes()
        self._notices()
        self._reasons("Errors", self.report.failed, "red")
        skipped = [(r.path, r.reason) for r in self.report.results if r.status is Status.SKIPPED]
        self._reasons("Skipped", skipped, "yellow")
        written = [(r.path, r.reason) for r in self.report.results if r.status is Status.CHANGED and r.reason]
        self._reasons("Rewritten with warnings", written, "yellow")
        if self.report.skipped_trees:
            self._title("Skipped folders", "", "yellow")
            print_wrapped(self.console, prose(self.console, ", ".join(self.report.skipped_trees)), first="  ", indent=2)
            print_line(self.console)
        if self.report.baseline and self.report.baseline.unseen:
            self._unseen(self.report.baseline)
        if self.report.progress is not None:
            print_progress(self.console, self.report.progress)
        print_summary(self.console, self.report)

    def _section(self, finding: Finding, result: FileResult) -> NextAction:
        """What is to be done, except that an unsafe fix is shown as such even where it will be written."""
        action = work_of(finding, result, self.report)
        if action is NextAction.APPLY and finding.applicability is Applicability.UNSAFE:
            return NextAction.UNSAFE
        return action

    def _targets(self) -> None:
        """The version that each project moves to, and why."""
        if self.report.repositories:
            print_repositories(self.console, self.report)
            return
        for sentence in target_sentences(self.report.targets):
            title, colon, text = sentence.partition(": ")
            lead = joined((self._visible(title) + colon, "bold"))
            print_wrapped(self.console, prose(self.console, text), first=lead, indent=2)
        if self.report.targets:
            print_line(self.console)

    def _in_full(self, title: str, action: NextAction, style: str) -> None:
        places = self._sections[action]
        if not places:
            return
        hint = ""
        if action is NextAction.UNSAFE:
            written = self.report.unsafe_fixes and self.report.command != "apply"
            hint = "" if written else "`--unsafe-fixes` writes them"
        self._title(title, hint, style, len(places))
        for result, found in groupby(places, key=lambda place: place[0]):
            lines = original_lines(result)
            for _, finding in found:
                self._findings.print(finding, lines)
                print_line(self.console)

    def _done(self) -> None:
        """What ``apply`` has rewritten, or the diff holds; and where the support module keeps what was."""
        done = [result for result in self.report.results if self._is_dealt_with(result)]
        title = "Rewritten" if self.report.command == "apply" else "In the diff"
        self._files(title, [result for result in done if result.status is not Status.UNCHANGED or result.is_support])
        kept = [result for result in done if result.status is Status.UNCHANGED and not result.is_support]
        self._files("Kept by the support module, not changed", kept)

    def _files(self, title: str, done: list[FileResult]) -> None:
        """One line for each file with findings that were applied."""
        if not done:
            return
        findings = sum(len(result.applied) for result in done)
        self._title(title, "", "green", findings, f" in {count(len(done), 'file')}")
        if self._show_fixes:
            for result in done:
                print_fixes(self.console, result)
            return
        for result in done:
            counts = Counter(finding.rule.code for finding in result.applied)
            listed = ", ".join(f"{number} {code}" for code, number in sorted(counts.items())) or "generated"
            lead = joined("  ", (self._visible(result.path), "cyan"), "  ")
            print_wrapped(self.console, prose(self.console, listed), first=lead, indent=4)
        print_line(self.console)

    def _is_dealt_with(self, result: FileResult) -> bool:
        return self.report.command != "scan" and (bool(result.applied) or result.is_support)

    def _fixes(self) -> None:
        """The safe fixes of a scan; those that were declined of an interactive run."""
        places = self._sections[NextAction.APPLY]
        if self.report.command == "diff":
            return
        if places:
            files = [(r.path, [f for _, f in found]) for r, found in groupby(places, key=lambda place: place[0])]
            is_scan = self.report.command == "scan"
            title = "Safe fixes" if is_scan else "Not confirmed"
            hint = "`apply` writes them" if is_scan else ""
            self._title(title, hint, "green", len(places), f" in {count(len(files), 'file')}")
            if self._show_fixes and is_scan:
                for result in dict.fromkeys(result for result, _ in places):
                    print_fixes(self.console, result)
            else:
                print_fix_list(self.console, files)
            for result in self.report.results if is_scan else ():
                if result.is_support:
                    verb = "created" if result.is_new else "extended"
                    lead = joined("  ", (self._visible(result.path), "cyan"), "  ")
                    text = Text(f"{verb} for the code that the fixes import")
                    print_wrapped(self.console, text, first=lead, indent=4)
            print_line(self.console)

    def _notices(self) -> None:
        places = self._sections[NextAction.NOTICE]
        if not places:
            return
        self._title("Notices", "nothing to change here", "cyan", len(places), noun="notice")
        for _, finding in places:
            self._findings.print_notice(finding)
        print_line(self.console)

    def _title(
        self, title: str, hint: str, style: str, number: int | None = None, more: str = "", noun: str = "finding"
    ) -> None:
        parts: list[Text | str | tuple[str, str]] = [(title, f"bold {style}")]
        if number is not None:
            parts.append(f": {count(number, noun)}{more}")
        if hint:
            parts.append(f" ({hint})")
        print_line(self.console, joined(*parts))

    def _unseen(self, baseline: BaselineDiff) -> None:
        """What the baseline holds and is not found any more, though its code is unchanged."""
        self._title("No longer found, though the code is unchanged", "", "yellow")
        why = (
            "Some findings depend on other files: once all of them are written for ImageKit 3, for example, processors"
            " that cannot be looked up are treated as a list. Check that each of these was resolved."
        )
        print_wrapped(self.console, Text(why), first="  ", indent=2)
        for trait in baseline.unseen:
            print_line(self.console, self._visible(f"  {trait.path}  {trait.rule}  {trait.context}: {trait.code}"))
        print_line(self.console)

    def _reasons(self, title: str, files: Iterable[tuple[str, str]], style: str) -> None:
        """Files with something to report about each as a whole."""
        files = list(files)
        if not files:
            return
        self._title(title, "", style, len(files), noun="file")
        for path, reason in files:
            print_line(self.console, joined("  ", (self._visible(path), "cyan")))
            for paragraph in split_lines(reason):
                print_wrapped(self.console, prose(self.console, paragraph), first="", indent=4)
        print_line(self.console)

    def _visible(self, text: str) -> str:
        return escape(text, self.console.encoding)
