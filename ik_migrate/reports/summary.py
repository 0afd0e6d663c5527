"""The end of the report for people: how many of what, and what to do next."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ik_migrate.model.report import Report
from ik_migrate.model.result import Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.next_action import NextAction, work_counts, work_of
from ik_migrate.reports.terminal import print_block, print_line, print_wrapped, prose
from ik_migrate.reports.totals import count, totals


def print_summary(console: Console, report: Report) -> None:
    """Print the table of rules, the totals and the next steps; one line where nothing was found."""
    if report.findings:
        print_line(console, Text("Summary", style="bold"))
        print_line(console)
        print_block(console, _table(report))
        print_line(console)
    print_wrapped(console, prose(console, totals(report), style="bold"))
    steps = next_steps(report)
    if not steps:
        return
    print_line(console)
    # Not every command line is known here, and one without its paths would do more than was looked at.
    print_line(console, Text.assemble(("Next steps", "bold"), " (with the paths and options of this run)"))
    for number, step in enumerate(steps, 1):
        print_wrapped(console, prose(console, step), first=f"  {number}. ", indent=5)


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
    """What to do after this run, most urgent first; empty where there is nothing to do."""
    steps: list[str] = []
    if report.failed:
        stayed = " and stayed as before" if report.command == "apply" else ""
        steps.append(
            f"{count(len(report.failed), 'file')} could not be done{stayed}: correct what is said under"
            " 'Could not be done', then run it again."
        )
    if report.command == "apply":
        steps += _after_apply(report)
    else:
        steps += _before_apply(report)
    return steps + _for_a_person(report)


def _before_apply(report: Report) -> list[str]:
    flag = " --unsafe-fixes" if report.unsafe_fixes else ""
    counts = work_counts(report)
    steps: list[str] = []
    if counts[NextAction.APPLY]:
        steps.append("Commit or stash your work, so that the rewrite stands in a commit of its own.")
        rewrites = count(counts[NextAction.APPLY], "rewrite")
        if report.command == "scan":
            steps.append(f"`ik-migrate apply --diff{flag}` shows {rewrites} and writes nothing.")
            steps.append(f"`ik-migrate apply{flag}` writes them. Then run your tests.")
        else:
            steps.append(
                f"`ik-migrate apply{flag}` writes the {rewrites} of the diff; so does `git apply -p1` with"
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
            steps.append(f"{rewritten} {count(files, 'file')}: read `git diff`, run your tests, commit.")
        else:
            steps.append(f"{rewritten} the text on standard output; nothing is written to the file.")
    if counts[NextAction.APPLY]:
        steps.append(
            f"{count(counts[NextAction.APPLY], 'finding')} left as before because you said no: run it again to be asked"
            " again, or without `--interactive` to have them all rewritten."
        )
    return steps + _unsafe(counts)


def _unsafe(counts: Counter[NextAction]) -> list[str]:
    if not counts[NextAction.UNSAFE]:
        return []
    return [
        f"{count(counts[NextAction.UNSAFE], 'finding')} [unsafe]: the rewrite is probably right, but can change what"
        " the site shows. Read why, then add `--unsafe-fixes` to have it written."
    ]


def _for_a_person(report: Report) -> list[str]:
    codes = Counter(
        finding.rule.code
        for result in report.results
        for finding in result.findings
        if work_of(finding, result, report) is NextAction.PERSON
    )
    steps: list[str] = []
    if codes:
        verb = "needs" if codes.total() == 1 else "need"
        steps.append(
            f"{count(codes.total(), 'finding')} {verb} a person; what to do is said with each."
            f" `ik-migrate explain {codes.most_common(1)[0][0]}` says more about a rule."
        )
    notices = work_counts(report)[NextAction.NOTICE]
    if notices:
        steps.append(f"{count(notices, 'notice')}: nothing to change there, but ImageKit 3 behaves otherwise.")
    return steps
