"""The result of a rehearsal for a terminal: one screen, with what matters most first."""

from __future__ import annotations

from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ik_migrate.rehearse.advice import (
    UNTOUCHED,
    environments,
    figure_lines,
    headline,
    next_steps,
)
from ik_migrate.rehearse.figures import differing_fields, each_finding, figures
from ik_migrate.rehearse.rehearsal import Rehearsal, VariantResult
from ik_migrate.rehearse.remaining import remaining_elsewhere
from ik_migrate.reports.next_action import NextAction
from ik_migrate.reports.terminal import make_console, print_block, print_line, print_wrapped, prose
from ik_migrate.verify.behaviours import Kept, group_behaviours
from ik_migrate.verify.errors import project_traceback
from ik_migrate.verify.records import ErrorRecord
from ik_migrate.verify.remarks import environment_line
from ik_migrate.verify.results import Comparison, Difference, FieldResult, Verdict

_FIELDS = 5
_FINDINGS = 5
_LINES = 6
_TITLE = 15


def write_text(
    rehearsal: Rehearsal,
    stream: IO[str],
    *,
    diff_file: str = "",
    color: bool | None = None,
    width: int | None = None,
) -> None:
    """Write the result of a rehearsal: one screen for a single variant, a table for several.

    Args:
        rehearsal: what to report.
        stream: where to write.
        diff_file: the file that holds the diff; empty where it was not written.
        color: whether to use colour; ``None`` to find out from the stream and the environment.
        width: cells per line; ``None`` for the width of the terminal.
    """
    console = make_console(stream, color=color, width=width)
    if len(rehearsal.results) > 1:
        _print_table(console, rehearsal)
    else:
        _Screen(console, rehearsal, rehearsal.results[0], diff_file).print()


class _Screen:
    """The report on one variant."""

    def __init__(self, console: Console, rehearsal: Rehearsal, result: VariantResult, diff_file: str) -> None:
        self.console = console
        self.rehearsal = rehearsal
        self.result = result
        self.diff_file = diff_file

    def print(self) -> None:
        result = self.result
        style = {0: "bold green", 1: "bold red"}.get(result.exit_status, "bold red")
        print_wrapped(self.console, Text(headline(result, self.rehearsal.plan.new is not None), style=style))
        for name, environment in environments(self.rehearsal, result):
            self._pair(name, environment_line(environment), "dim")
        print_line(self.console)
        for title, words in figure_lines(result):
            self._pair(title, words)
        if result.failure is not None:
            self._failure()
        for path, reason in result.report.failed:
            self._pair("not rewritten", f"{path}: {reason}", "red")
        if result.comparison is not None:
            self._problems(result.comparison)
            self._differences(result.comparison)
            self._behaviours(result.comparison)
        self._manual()
        self._elsewhere()
        self._notes()
        self._steps()
        print_line(self.console)
        print_line(self.console, UNTOUCHED)

    def _pair(self, title: str, words: str, style: str = "") -> None:
        print_wrapped(self.console, prose(self.console, words, style), first=f"  {title}:", indent=_TITLE)

    def _heading(self, title: str) -> None:
        print_line(self.console)
        print_line(self.console, Text(title, style="bold"))

    def _failure(self) -> None:
        assert self.result.failure is not None
        self._heading("New version")
        for line in [self.result.failure.reason, *self.result.failure.details.splitlines()[-_LINES:]]:
            print_wrapped(self.console, prose(self.console, line), first="  ", indent=2)

    def _problems(self, comparison: Comparison) -> None:
        for problem, cause in comparison.problems[:_FIELDS]:
            self._heading(f"Does not load: {problem.where}")
            for line in _traceback(problem.error):
                print_wrapped(self.console, prose(self.console, line), first="  ", indent=2)
            if cause.reason:
                print_wrapped(self.console, prose(self.console, _reason(cause)), first="  ", indent=2)

    def _differences(self, comparison: Comparison) -> None:
        fields = differing_fields(comparison)
        if not fields:
            return
        self._heading("Not as before")
        for field in fields[:_FIELDS]:
            print_line(self.console, Text(f"  {field.label}: {field.verdict.value}"))
            for line in field_lines(field)[:3]:
                print_wrapped(self.console, prose(self.console, line), first="    ", indent=6)
        self._more(len(fields) - _FIELDS, "field")

    def _behaviours(self, comparison: Comparison) -> None:
        groups = [group for group in group_behaviours(comparison.behaviours) if group.kept is Kept.DIFFERENT]
        if not groups:
            return
        self._heading("Files and rows: what differs")
        for group in groups:
            text = f"{group.title}: {group.before} -> {group.after} ({len(group.labels)} fields)"
            print_wrapped(self.console, prose(self.console, text), first="  ", indent=4)

    def _manual(self) -> None:
        found = [finding for finding, kind in each_finding(self.result.report) if kind is NextAction.MANUAL]
        if not found:
            return
        self._heading("Manual review")
        for finding in found[:_FINDINGS]:
            text = f"{finding.path}:{finding.location.line}: {finding.rule.code} {finding.message}"
            print_wrapped(self.console, prose(self.console, text), first="  ", indent=4)
        self._more(len(found) - _FINDINGS, "finding")

    def _more(self, number: int, noun: str) -> None:
        if number > 0:
            print_line(self.console, f"  and {number} more {noun}{'s' * (number > 1)}")

    def _elsewhere(self) -> None:
        lines = remaining_elsewhere(self.result.elsewhere)
        if not lines:
            return
        self._heading("Still to do in other apps (rewritten in the copy, not part of the diff)")
        for line in lines:
            print_wrapped(self.console, prose(self.console, line), first="  ", indent=4)

    def _notes(self) -> None:
        comparison = self.result.comparison
        notes = [*self.rehearsal.notes, *(comparison.after if comparison else self.rehearsal.before).notes]
        if notes:
            print_line(self.console)
        for note in notes:
            print_wrapped(self.console, prose(self.console, f"{note[0].upper()}{note[1:]}"), first="Note: ", indent=6)

    def _steps(self) -> None:
        steps = next_steps(self.rehearsal, self.result, self.diff_file)
        if not steps:
            return
        self._heading("Next steps")
        for number, step in enumerate(steps, 1):
            print_wrapped(self.console, prose(self.console, step), first=f"  {number}. ", indent=5)


def field_lines(field: FieldResult) -> list[str]:
    """Return what differs in a field, each kind of difference once, with the reason."""
    found: dict[tuple[str, str], tuple[Difference, int]] = {}
    for difference in [*field.differences, *(each for case in field.cases for each in case.differences)]:
        if difference.verdict is not Verdict.TOLERATED:
            key = difference.what, difference.rule
            first, number = found.get(key, (difference, 0))
            found[key] = first, number + 1
    lines = []
    for difference, number in found.values():
        words = f"{difference.before} -> {difference.after}" if difference.before else difference.after
        times = f" ({number} images)" if number > 1 else ""
        reason = _reason(difference)
        lines.append(f"{difference.what}: {words}{times}" + (f"; {reason}" if reason else ""))
    return lines or sorted({case.reason for case in field.cases if case.reason})


def _reason(difference: Difference) -> str:
    return f"{difference.rule} {difference.reason}".strip()


def _traceback(error: ErrorRecord) -> list[str]:
    return project_traceback(error).splitlines()[-_LINES:]


def _print_table(console: Console, rehearsal: Rehearsal) -> None:
    """Print one row for each variant."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("options", no_wrap=True)
    for title in TITLES:
        table.add_column(title, justify="right")
    for result in rehearsal.results:
        table.add_row(result.variant.short_name, *table_cells(result))
    print_wrapped(console, Text("Kept by each set of options", style="bold"))
    for name, environment in environments(rehearsal, rehearsal.results[0]):
        print_wrapped(console, prose(console, environment_line(environment), "dim"), first=f"  {name}:", indent=10)
    print_line(console)
    print_block(console, table)
    for result in rehearsal.results:
        if result.failure is not None:
            print_wrapped(console, prose(console, f"{result.variant.name}: {result.failure.reason}", "red"))
    print_line(console)
    print_wrapped(console, prose(console, recommendation(rehearsal)))
    print_line(console)
    print_line(console, UNTOUCHED)


TITLES = ("images", "checks", "renamed", "lines", "manual", "unsafe")
"""What the columns of the table count: images and checks that are as before, images with new file names, lines of the
diff, findings for manual review, and unsafe rewrites that are not made."""


def table_cells(result: VariantResult) -> list[str]:
    """Return the numbers of a variant as texts, in the order of `TITLES`."""
    found = figures(result)
    compared = result.comparison is not None
    return [
        f"{found.kept}/{found.images}" if compared else "-",
        f"{found.checked - found.differing}/{found.checked}" if compared and found.checked else "-",
        str(found.regenerated) if compared else "-",
        f"+{found.added} -{found.removed}",
        str(found.manual),
        str(found.unsafe),
    ]


def recommendation(rehearsal: Rehearsal) -> str:
    """Return which variant keeps the most, the shortest of those that keep as much."""
    best = best_result(rehearsal)
    if best is None:
        return "Nothing was compared."
    return f"`{best.variant.command}` keeps the most with the smallest diff. Rehearse it with `--output-dir`."


def best_result(rehearsal: Rehearsal) -> VariantResult | None:
    """Return the variant that keeps the most images and behaviour; of several, the one with the smallest diff."""
    compared = [result for result in rehearsal.results if result.comparison is not None]
    if not compared:
        return None

    def rank(result: VariantResult) -> tuple[int, int, int, int]:
        found = figures(result)
        return found.images - found.kept, found.differing, found.manual + found.unsafe, found.added + found.removed

    return min(compared, key=rank)
