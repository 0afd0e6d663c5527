"""One finding on the terminal: its message, its code, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.code_frame import code_frame, expand
from ik_migrate.reports.escape import escape
from ik_migrate.reports.ignore_hint import blocked_sentence, ignore_hint
from ik_migrate.reports.links import rule_url
from ik_migrate.reports.terminal import ReportConsole, joined, print_line, print_wrapped, prose
from ik_migrate.source.original_text import split_lines

STYLES = {
    Applicability.SAFE: "green",
    Applicability.UNSAFE: "yellow",
    Applicability.MANUAL: "red",
    Applicability.NOTICE: "cyan",
}
_INDENT = 4
_LABEL = 5


class FindingPrinter:
    """Prints findings, and explains each rule once.

    Args:
        console: where to.
        known: sentences that the report has said already, and findings need not repeat.
    """

    def __init__(self, console: ReportConsole, known: Sequence[str] = ()) -> None:
        self.console = console
        self._known = known
        self._explained: dict[tuple[str, str, str], Finding] = {}

    def print(self, finding: Finding, lines: list[str]) -> None:
        """Print one finding in full.

        Args:
            finding: the finding.
            lines: those of its file, see `original_lines`; none to leave its code out.
        """
        self._head(finding)
        frame = code_frame(
            lines,
            finding.location,
            width=self.console.code_width - _INDENT,
            encoding=self.console.encoding,
            context=int(finding.applicability is Applicability.MANUAL),
        )
        for line in frame:
            print_line(self.console, joined(" " * _INDENT, line))
        self._explain(finding)
        if not finding.changes:
            self._suggest(finding)
        if finding.blocks:
            self._say("Also:", blocked_sentence(finding))
        if finding.applicability is Applicability.MANUAL and finding.blocked_by is None:
            self._say("Fine?", ignore_hint(finding))

    def print_notice(self, finding: Finding) -> None:
        """Print a notice: its message, its location if it is about that, and its help."""
        text = joined(prose(self.console, f"{finding.message}.", style="bold"), " ", prose(self.console, finding.help))
        if not finding.rule.once_per_project:
            place = escape(f"{finding.path}:{finding.location.line}", self.console.encoding)
            text = joined(text, "  ", (place, "cyan"))
        lead = joined("  ", code_text(self.console, finding), " ")
        print_wrapped(self.console, text, first=lead, indent=_INDENT)

    def _head(self, finding: Finding) -> None:
        """The code and the message; below them the location, the rule and the applicability."""
        lead = joined("  ", code_text(self.console, finding), " ")
        print_wrapped(self.console, prose(self.console, finding.message, style="bold"), first=lead, indent=_INDENT)
        kind = finding.applicability
        location = escape(f"{finding.path}:{finding.location.line}:{finding.location.column}", self.console.encoding)
        what = joined(finding.rule.name, " ", (f"[{kind.value}]", STYLES[kind]))
        line = joined(" " * _INDENT, (location, "cyan"))
        kind_text = joined((f"[{kind.value}]", STYLES[kind]))
        for more in (what, kind_text):
            if line.cell_len + 2 + more.cell_len <= self.console.width:
                print_line(self.console, joined(line, "  ", more))
                return
        print_line(self.console, line)
        print_line(self.console, joined(" " * _INDENT, what))

    def _explain(self, finding: Finding) -> None:
        """Print why and what to do; for the next finding with the same texts, where they are."""
        key = (finding.rule.code, finding.why, finding.help)
        first = self._explained.setdefault(key, finding)
        if first is finding:
            why = finding.why
            for sentence in self._known:
                why = why.replace(sentence, "").rstrip()
            self._say("Why:", why)
            # What `apply` can write needs no instructions.
            if not finding.changes:
                self._say("Do:", finding.help)
            return
        place = f"line {first.location.line}"
        if first.path != finding.path:
            place = escape(f"{first.path}:{first.location.line}", self.console.encoding)
        print_line(self.console, Text(f"{'':{_INDENT}}Why and what to do: see {first.rule.code}, {place}", style="dim"))

    def _say(self, label: str, text: str) -> None:
        lead = f"{'':{_INDENT}}{label}"
        for paragraph in split_lines(text):
            print_wrapped(self.console, prose(self.console, paragraph), first=lead, indent=_INDENT + _LABEL + 1)
            lead = ""

    def _suggest(self, finding: Finding) -> None:
        """The code to write; never wrapped or cropped, it is there to be copied."""
        if not finding.suggestion:
            return
        print_line(self.console, f"{'':{_INDENT}}Write:")
        for line in split_lines(finding.suggestion.rstrip()):
            code = "".join(expand(line, self.console.encoding))
            print_line(self.console, Text(f"{'':{_INDENT + 2}}{code}"))


def code_text(console: Console, finding: Finding) -> Text:
    """The rule code, a hyperlink to its page where the console has any."""
    code = finding.rule.code
    url = rule_url(code)
    style = STYLES[finding.applicability]
    is_linked = url and isinstance(console, ReportConsole) and console.has_links
    return Text(code, style=f"bold {style} link {url}" if is_linked else f"bold {style}")
