"""Ask about rewrites one by one: which of them belong together, and what each does alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace

from ik_migrate.model.change import CALL_CHANGES, DropName, Edit, MoveName
from ik_migrate.model.finding import Finding
from ik_migrate.model.result import FileResult, Status

ConfirmCallback = Callable[[FileResult, int, int], bool]
"""Whether to make some rewrites that belong together; given the file as it would be with them alone, and which one of
how many in this file it is, from 1."""


def confirm_rewrites(
    result: FileResult,
    proposed: Iterable[Finding],
    rewritten: Callable[[tuple[Finding, ...]], bytes],
    choose: ConfirmCallback,
) -> tuple[Finding, ...]:
    """Return the rewrites that the user confirms.

    Args:
        result: the file as it is.
        proposed: the rewrites to ask about.
        rewritten: what the file would hold after some of them.
        choose: called for each that can be made alone.
    """
    chosen: list[Finding] = []
    units = group_rewrites(proposed)
    for number, unit in enumerate(units, 1):
        alone = replace(result, status=Status.CHANGED, findings=unit, applied=unit, after=rewritten(unit))
        if choose(alone, number, len(units)):
            chosen += unit
    return tuple(sorted(chosen, key=lambda finding: finding.sort_key))


def group_rewrites(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """The findings in groups of which each can be rewritten alone, in the order of the file.

    All that changes one call stays together, for it may end in one spec class; so do those that share an edit.
    """
    groups: list[tuple[list[Finding], set[Hashable]]] = []
    for finding in findings:
        members, held = [finding], set(_held(finding))
        for group in [group for group in groups if group[1] & held]:
            groups.remove(group)
            members += group[0]
            held |= group[1]
        groups.append((members, held))
    units = [tuple(sorted(members, key=lambda finding: finding.sort_key)) for members, _ in groups]
    return sorted(units, key=lambda unit: unit[0].sort_key)


def _held(finding: Finding) -> Iterator[Hashable]:
    """The calls that a finding changes, by their offsets, and its changes to text and imports that are there."""
    for change in finding.changes:
        if isinstance(change, Edit | MoveName | DropName):
            yield change
        elif isinstance(change, CALL_CHANGES):
            yield change.call
