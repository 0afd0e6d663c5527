"""The end of the report for the terminal: how many of what, and what to do next."""

from __future__ import annotations

from collections import Counter
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ik_migrate.model.report import Report
from ik_migrate.model.result import Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.next_action import NextAction, work_counts, work_of
from ik_migrate.reports.terminal import make_console, print_block, print_line, print_wrapped, prose
from ik_migrate.reports.totals import count, totals


def print_summary(console: Console, report: Report) -> None:
    """Print the totals and the next steps; one line where nothing was found."""
    print_wrapped(console, prose(console, totals(report), style="bold"))
    steps = next_steps(report)
    if not steps:
        return
    print_line(console)
    # A command without the paths of this run would process more files than this run did.
    where = "in each repository" if report.repositories else "with the paths and options of this run"
    print_line(console, Text.assemble(("Next steps", "bold"), f" ({where})"))
    for number, step in enumerate(steps, 1):
        print_wrapped(console, prose(console, step), first=f"  {number}. ", indent=5)


def write_statistics(report: Report, stream: IO[str], *, color: bool | None = None, width: int | None = None) -> None:
    """Write how many findings each rule has, and the totals.

    Args:
        report: what was found.
        stream: where to write.
        color: whether to use colour; ``None`` to find out from the stream and the environment.
        width: cells per line; ``None`` for the width of the terminal.
    """
    console = make_console(stream, color=color, width=width)
    if report.findings:
        print_block(console, _table(report))
        print_line(console)
    print_wrapped(console, prose(console, totals(report), style="bold"))


def _table(report: Report) -> Table:
    """One row for each rule, one column for each applicability."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("rule", overflow="fold")
    for kind in Applicability:
        table.add_column(kind.value, justify="right")
    applied = Counter(finding.rule.code for result in report.results for finding in result.applied)
    is_apply = report.command == "apply"
    if is_apply:
        table.add_column("rewritten", justify="right")
    counts = Counter((finding.rule.code, finding.applicability) for finding in report.findings)
    names = {finding.rule.code: finding.rule.name for finding in report.findings}
    for code, name in sorted(names.items()):
        numbers = [counts[code, kind] for kind in Applicability]
        if is_apply:
            numbers.append(applied[code])
        table.add_row(f"{code} {name}", *(str(number or "-") for number in numbers))
    totals = [sum(counts[code, kind] for code in names) for kind in Applicability]
    if is_apply:
        totals.append(sum(applied.values()))
    table.add_section()
    table.add_row("all", *(str(number or "-") for number in totals))
    return table


def next_steps(report: Report) -> list[str]:
    """Return what to do after this run, most urgent first; empty where there is nothing to do."""
    steps: list[str] = []
    if report.failed:
        unchanged = " The files are unchanged." if report.command == "apply" else ""
        steps.append(f"Correct {count(len(report.failed), 'error')} and run the command again.{unchanged}")
    if report.command == "apply":
        steps += _after_apply(report)
    else:
        steps += _before_apply(report)
    return steps + _remaining(report)


def _before_apply(report: Report) -> list[str]:
    known = report.flags or (["--unsafe-fixes"] if report.unsafe_fixes else [])
    flags = "".join(f" {flag}" for flag in known)
    counts = work_counts(report)
    steps: list[str] = []
    if counts[NextAction.APPLY]:
        if not report.is_in_git:
            steps.append("Outside git there is no undo: copy the project, or add `--backup .bak`.")
        elif not report.is_in_hook:
            steps.append("Commit or stash your work first: the rewrite becomes a separate commit.")
        rewrites = count(counts[NextAction.APPLY], "rewrite")
        if report.command == "scan":
            steps.append(f"Read `ik-migrate apply --diff{flags}`, run `ik-migrate apply{flags}` and your tests.")
        else:
            steps.append(
                f"`ik-migrate apply{flags}` writes the {rewrites} of the diff; so does `git apply -p1` with"
                " the diff saved to a file. Then run your tests."
            )
    return steps + _unsafe(counts)


def _after_apply(report: Report) -> list[str]:
    counts = work_counts(report)
    steps: list[str] = []
    if counts[NextAction.DONE]:
        files = sum(1 for result in report.results if result.status is Status.CHANGED)
        rewritten = f"{count(counts[NextAction.DONE], 'finding')} rewritten in"
        if report.in_place:
            review = "review `git diff`, run your tests, commit" if report.is_in_git else "review it and run your tests"
            if report.is_in_hook:
                review = "review `git diff`, run your tests, stage the files and commit again"
            steps.append(f"{rewritten} {count(files, 'file')}: {review}.")
        else:
            steps.append(f"{rewritten} the text on standard output; the file is unchanged.")
    if counts[NextAction.APPLY]:
        steps.append(
            f"{count(counts[NextAction.APPLY], 'finding')} not confirmed: run the command again to be asked again, or"
            " without `--interactive` to rewrite all of them."
        )
    return steps + _unsafe(counts)


def _unsafe(counts: Counter[NextAction]) -> list[str]:
    if not counts[NextAction.UNSAFE]:
        return []
    return [f"Read why {count(counts[NextAction.UNSAFE], 'fix is', 'fixes are')} unsafe, then add `--unsafe-fixes`."]


def _remaining(report: Report) -> list[str]:
    codes = Counter(
        finding.rule.code
        for result in report.results
        for finding in result.findings
        if work_of(finding, result, report) is NextAction.MANUAL
    )
    if not codes:
        return []
    verb = "needs" if codes.total() == 1 else "need"
    listed = " ".join(sorted(codes)[:5])
    return [f"{count(codes.total(), 'finding')} {verb} manual review; for more, see `ik-migrate explain {listed}`."]
