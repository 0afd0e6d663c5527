"""``apply --interactive``: confirm each rewrite."""

from __future__ import annotations

import sys
from collections.abc import Set

import click
from rich.text import Text

from ik_migrate.model.errors import Stopped
from ik_migrate.model.result import FileResult
from ik_migrate.reports.diff_text import print_diff
from ik_migrate.reports.escape import escape
from ik_migrate.reports.finding_view import FindingPrinter
from ik_migrate.reports.terminal import make_console, print_line
from ik_migrate.source.original_text import original_lines

_HELP = """\
y  make this rewrite
n  skip this rewrite
a  make this rewrite and all following ones of {codes}
s  skip this rewrite and all following ones of {codes}
q  skip all following rewrites, and write those that you confirmed
?  show this help
Files are written after the last question; Ctrl-C leaves all of them unchanged.
All changes of one call are one rewrite, because they can share one class."""


class Prompt:
    """Asks about each rewrite; a `ConfirmCallback`.

    It writes to standard error, so that standard output can be redirected.

    Args:
        color: whether to use colour; None to find out.
    """

    def __init__(self, color: bool | None) -> None:
        self._console = make_console(sys.stderr, color=color)
        self._printer = FindingPrinter(self._console)
        self._agreed: set[str] = set()
        self._refused: list[Set[str]] = []
        self._has_ended = False
        self._path = ""

    def __call__(self, alone: FileResult, number: int, total: int) -> bool:
        """Ask whether to make the rewrites of ``alone``, which belong together: number ``number`` of its file.

        Raises:
            Stopped: at the end of the input, or after Ctrl-C.
        """
        codes = frozenset(finding.rule.code for finding in alone.applied)
        # Several rules may have a part in one rewrite. Yes to all of them is a yes to any; a no to one is a no.
        if self._has_ended or any(refused <= codes for refused in self._refused):
            return False
        if codes <= self._agreed:
            return True
        self._show(alone)
        answer = self._answer(f"({number}/{total})", " and ".join(sorted(codes)))
        if answer == "a":
            self._agreed |= codes
        elif answer == "s":
            self._refused.append(codes)
        elif answer == "q":
            self._has_ended = True
        return answer in {"y", "a"}

    def _show(self, alone: FileResult) -> None:
        if alone.path != self._path:
            self._path = alone.path
            title = escape(alone.path, self._console.encoding)
            print_line(self._console)
            print_line(self._console, Text(title, style="bold underline"))
        lines = original_lines(alone)
        for finding in alone.applied:
            self._printer.print(finding, lines)
        print_line(self._console)
        print_diff(self._console, alone)

    def _answer(self, count: str, codes: str) -> str:
        question = Text(f"{count} Rewrite? [y]es, [n]o, [a]ll of {codes}, [s]kip all of {codes}, [q]uit, [?]:", "bold")
        while True:
            try:
                self._console.print(question, end=" ", soft_wrap=True)
                self._console.file.flush()
                line = sys.stdin.readline()
            except KeyboardInterrupt:
                line = ""
            if not line:
                click.echo("\nStopped. Nothing was written.", err=True)
                raise Stopped
            answer = line.strip().lower()
            if answer in _ANSWERS:
                return _ANSWERS[answer]
            for text in _HELP.format(codes=codes).splitlines():
                print_line(self._console, f"  {text}")


_ANSWERS = {answer: answer[0] for word in ("yes", "no", "all", "skip", "quit") for answer in (word[0], word)}
