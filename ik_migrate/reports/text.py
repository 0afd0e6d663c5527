"""The report for people: every finding with its code, why it matters and what to do, then a summary."""

from __future__ import annotations

from collections import Counter
from typing import IO

from rich.console import Console
from rich.text import Text

from ik_migrate.model.baseline_entry import BaselineDiff
from ik_migrate.model.finding import Finding
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.code_frame import code_frame, expand
from ik_migrate.reports.escape import escape
from ik_migrate.reports.summary import print_summary
from ik_migrate.reports.terminal import joined, make_console, print_line, print_wrapped, prose
from ik_migrate.reports.totals import count
from ik_migrate.source.original_text import original_lines, split_lines

STYLES = {
    Applicability.SAFE: "green",
    Applicability.UNSAFE: "yellow",
    Applicability.MANUAL: "red",
    Applicability.NOTICE: "cyan",
}
_FOR_A_PERSON = frozenset({Applicability.UNSAFE, Applicability.MANUAL})
_INDENT = 4
_LABEL = 5


def write_text(report: Report, stream: IO[str], *, color: bool | None = None, width: int | None = None) -> None:
    """Write the report for people.

    Args:
        report: what was found.
        stream: where to write.
        color: whether to use colour; ``None`` to find out from the stream and the environment.
        width: cells per line; ``None`` for the width of the terminal.
    """
    print_report(make_console(stream, color=color, width=width), report)


def print_report(console: Console, report: Report) -> None:
    """Print the report on a console of the caller, a recording one for instance."""
    ReportPrinter(console, report).print()


class ReportPrinter:
    """Prints one report, and remembers what it has said."""

    def __init__(self, console: Console, report: Report) -> None:
        self.console = console
        self.report = report
        self._said: dict[tuple[str, str, str], Finding] = {}

    def print(self) -> None:
        for result in self.report.results:
            if result.findings:
                self._file(result)
        self._reasons("Could not be done", self.report.failed, "red")
        skipped = [(r.path, r.reason) for r in self.report.results if r.status is Status.SKIPPED]
        self._reasons("Left alone", skipped, "yellow")
        written = [(r.path, r.reason) for r in self.report.results if r.status is Status.CHANGED and r.reason]
        self._reasons("Rewritten, but not all could be kept", written, "yellow")
        if self.report.skipped_trees:
            trees = prose(self.console, ", ".join(self.report.skipped_trees))
            print_line(self.console, Text("Folders left out", style="bold yellow"))
            print_wrapped(self.console, trees, first="  ", indent=2)
            print_line(self.console)
        if self.report.baseline and self.report.baseline.unseen:
            self._unseen(self.report.baseline)
        print_summary(self.console, self.report)

    def _unseen(self, baseline: BaselineDiff) -> None:
        """What the baseline holds and is not found any more, though nobody has touched it."""
        print_line(self.console, Text("Not found any more, though the code is as it was", style="bold yellow"))
        why = (
            "Some findings depend on the rest of the project: once all of it is ImageKit 3's, for example, processors"
            " that can't be looked up are taken for a list. See that each of these was decided on."
        )
        print_wrapped(self.console, Text(why), first="  ", indent=2)
        for trait in baseline.unseen:
            print_line(self.console, self._visible(f"  {trait.path}  {trait.rule}  {trait.context}: {trait.code}"))
        print_line(self.console)

    def _file(self, result: FileResult) -> None:
        """The findings of one file; those that ``apply`` took care of are only counted."""
        dealt_with = () if self.report.command == "scan" else result.applied
        shown = [finding for finding in result.findings if not (dealt_with and result.is_applied(finding))]
        counts = Counter(finding.applicability for finding in shown)
        kinds = ", ".join(f"{counts[kind]} {kind.value}" for kind in Applicability if counts[kind])
        title = Text(self._visible(result.path), style="bold")
        number = f"{count(len(shown), 'finding')} ({kinds})" if shown else ""
        if title.cell_len + 2 + len(number) <= self.console.width:
            print_line(self.console, joined(title, f": {number}" if number else ""))
        else:
            print_line(self.console, title)
            print_line(self.console, f"  {number}")
        if dealt_with:
            self._dealt_with(dealt_with)
        lines = original_lines(result) if shown else []
        previous: Location | None = None
        for finding in shown:
            # The code of a place is shown once, and what is around it once for each line.
            same_line = previous is not None and finding.location.line == previous.line
            self.print_finding(finding, [] if finding.location == previous else lines, context=int(not same_line))
            previous = finding.location
        print_line(self.console)

    def _dealt_with(self, findings: tuple[Finding, ...]) -> None:
        counts = Counter((finding.rule.code, finding.rule.name) for finding in findings)
        listed = ", ".join(f"{number} {code} {name}" for (code, name), number in sorted(counts.items()))
        label = "rewritten: " if self.report.command == "apply" else "in the diff: "
        lead = joined("  ", (label, "green"))
        print_wrapped(self.console, prose(self.console, listed), first=lead, indent=lead.cell_len)

    def print_finding(self, finding: Finding, lines: list[str], *, context: int = 1) -> None:
        """Print one finding, with the code that it stands in.

        Args:
            finding: what to print.
            lines: those of its file, see `original_lines`; none to leave the code out.
            context: lines of code to show before and after.
        """
        print_line(self.console)
        self._head(finding)
        frame = code_frame(
            lines,
            finding.location,
            width=self.console.width - _INDENT,
            encoding=self.console.encoding,
            context=context,
        )
        for line in frame:
            print_line(self.console, joined(" " * _INDENT, line))
        self._say("Why:", finding, finding.why)
        self._say("Do:", finding, finding.help)
        self._suggestion(finding)

    def _head(self, finding: Finding) -> None:
        """Place, rule and applicability, with the message beside or below them."""
        location = self._visible(f"{finding.path}:{finding.location.line}:{finding.location.column}")
        line = joined("  ", (location, "cyan"))
        kind = finding.applicability
        what = joined((finding.rule.code, "bold"), f" {finding.rule.name}  ", (f"[{kind.value}]", STYLES[kind]))
        if line.cell_len + 2 + what.cell_len > self.console.width:
            print_line(self.console, line)
            line = Text("  ")
        line = joined(line, "  ", what)
        message = prose(self.console, finding.message)
        if line.cell_len + 2 + message.cell_len <= self.console.width:
            print_line(self.console, joined(line, "  ", message))
            return
        print_line(self.console, line)
        print_wrapped(self.console, message, first=" " * _INDENT, indent=_INDENT)

    def _say(self, label: str, finding: Finding, text: str) -> None:
        """Print what is said for the first time in this run; later, where to look for it."""
        if not text:
            return
        lead, indent = " " * _INDENT + label, _INDENT + _LABEL
        first = self._said.setdefault((finding.rule.code, label, text), finding)
        if first is finding:
            for paragraph in split_lines(text):
                print_wrapped(self.console, prose(self.console, paragraph), first=lead, indent=indent)
                lead = ""
        elif label == "Do:" and finding.applicability in _FOR_A_PERSON:
            there = f"line {first.location.line}"
            if first.path != finding.path:
                there = self._visible(f"{first.path}:{first.location.line}")
            print_line(self.console, Text(f"{lead:{indent}}as at {there}", style="dim"))

    def _suggestion(self, finding: Finding) -> None:
        """The code to write; never wrapped or cropped, it is there to be copied."""
        if not finding.suggestion:
            return
        print_line(self.console, " " * _INDENT + "Write:")
        for line in split_lines(finding.suggestion.rstrip()):
            code = "".join(expand(line, self.console.encoding))
            print_line(self.console, Text(" " * (_INDENT + 2) + code))

    def _reasons(self, title: str, files: list[tuple[str, str]] | tuple[tuple[str, str], ...], style: str) -> None:
        """Files that something is to be said about as a whole."""
        if not files:
            return
        print_line(self.console, Text(f"{title}: {count(len(files), 'file')}", style=f"bold {style}"))
        for path, reason in files:
            print_line(self.console, "  " + self._visible(path))
            for paragraph in split_lines(reason):
                print_wrapped(self.console, prose(self.console, paragraph), first="", indent=_INDENT)
        print_line(self.console)

    def _visible(self, text: str) -> str:
        return escape(text, self.console.encoding)
