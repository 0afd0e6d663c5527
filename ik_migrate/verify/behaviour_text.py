"""The part of the report for people about what happens to files when rows are saved and deleted."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from ik_migrate.reports.terminal import print_line, print_wrapped, prose
from ik_migrate.reports.totals import count
from ik_migrate.verify.behaviours import BehaviourGroup, BehaviourResult, Kept, group_behaviours

_NAMED = 3
_INDENT = 4


def behaviour_line(results: tuple[BehaviourResult, ...]) -> str:
    """All checks in one sentence; empty where there were none."""
    checked = [result for result in results if result.kept is not Kept.UNKNOWN]
    if not checked:
        return ""
    different = {result.label for result in checked if result.kept is Kept.DIFFERENT}
    fields = len({result.label for result in checked})
    if not different:
        return f"The files of {count(fields, 'field')} follow their rows as before."
    return f"The files of {len(different)} of {count(fields, 'field')} follow their rows differently."


def print_behaviours(console: Console, results: tuple[BehaviourResult, ...]) -> None:
    """Print what happens now and did not before, after an empty line; nothing where there were no checks."""
    line = behaviour_line(results)
    groups = [group for group in group_behaviours(results) if group.kept is not Kept.SAME]
    if not line and not groups:
        return
    print_line(console)
    is_different = any(group.kept is Kept.DIFFERENT for group in groups)
    print_wrapped(console, Text(line or "No check of files and rows could be made.", "bold yellow" * is_different))
    total = len({result.label for result in results})
    for group in groups:
        _print_group(console, group, total)
    if is_different:
        print_wrapped(console, prose(console, "`--faithful` keeps what ImageKit 2 did."), first="  ", indent=2)


def _print_group(console: Console, group: BehaviourGroup, total: int) -> None:
    if group.kept is Kept.UNKNOWN:
        words = group.before if group.before == group.after else f"{group.before} -> {group.after}"
    else:
        words = f"{group.before} -> {group.after}" + (" (better)" if group.kept is Kept.BETTER else "")
    print_wrapped(console, prose(console, f"{group.title}: {words}"), first="  ", indent=_INDENT)
    named = ", ".join(group.labels[:_NAMED])
    more = f" and {len(group.labels) - _NAMED} more" if len(group.labels) > _NAMED else ""
    text = f"{len(group.labels)} of {count(total, 'field')}: {named}{more}"
    print_wrapped(console, prose(console, text, "dim"), first=" " * _INDENT, indent=_INDENT)
