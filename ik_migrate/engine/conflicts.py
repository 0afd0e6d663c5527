"""Resolve conflicts between findings in one call of a spec field."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from ik_migrate.codegen.imports import with_new_imports
from ik_migrate.imagekit.spec_field import spec_fields
from ik_migrate.model.change import CALL_CHANGES, SpecMember, UseSpecBase
from ik_migrate.model.finding import Blocker, Finding
from ik_migrate.model.options import Options
from ik_migrate.model.rule import Applicability
from ik_migrate.project.ignore_comments import ignores_of_module
from ik_migrate.project.module import Module

_TOGETHER = "and all arguments must move into the spec class together."


def resolve_conflicts(module: Module, findings: list[Finding], options: Options) -> list[Finding]:
    """Return the findings of a file, each as the others leave it.

    A manual finding about an argument holds the whole call. Findings that generate a spec class are no safer than the
    other changes of the same call, and they are made together or not at all.

    Args:
        module: the file.
        findings: what all rules say of it, in the order of the file.
        options: which rules are enabled.
    """
    ignored = frozenset(ignores_of_module(module).split(findings)[1])
    blockers = _blockers_of_calls(module, findings, ignored)
    held: dict[int, str] = {}
    incomplete: dict[int, str] = {}
    for finding in findings:
        # A field with a spec class names its source in ImageKit 3's way, whatever rules are enabled.
        is_left_out = not options.is_enabled(finding.rule.code) and not finding.rule.is_part_of_class
        if is_left_out or finding in ignored:
            left_out = dict.fromkeys(_calls_of(finding), finding.rule.code)
            if finding.rule.blocks_call:
                held |= left_out
            incomplete |= left_out
    unsafe = {call for f in findings if f.applicability is Applicability.UNSAFE for call in _calls_of(f)}
    result = []
    for finding in findings:
        calls = _calls_of(finding)
        blocked_by = [blockers[call] for call in sorted(calls) if call in blockers]
        blocking = [held[call] for call in sorted(calls) if call in held]
        missing = [incomplete[call] for call in sorted(calls) if call in incomplete]
        if blocked_by:
            finding = finding.as_blocked(blocked_by[0])
        elif blocking:
            finding = finding.as_manual(f"Not rewritten: {blocking[0]} is ignored in this call.", _enable(blocking[0]))
        elif _makes_class(finding) and missing:
            why = f"Not rewritten: {missing[0]} is ignored in this call, {_TOGETHER} {finding.why}"
            finding = finding.as_manual(why, _enable(missing[0]))
        elif finding.applicability is Applicability.SAFE and _makes_class(finding) and calls & unsafe:
            finding = replace(finding, applicability=Applicability.UNSAFE)
        result.append(finding)
    return result


def _enable(code: str) -> str:
    return f"Enable {code} too, or remove the comment that ignores it: `apply` then rewrites the whole call."


def _blockers_of_calls(module: Module, findings: Iterable[Finding], ignored: Collection[Finding]) -> dict[int, Blocker]:
    """The calls that must stay as they are because of a manual finding, by their offsets."""
    source = module.text.source
    blocking = [
        (source.offset_of(finding.location), finding)
        for finding in findings
        if finding.applicability is Applicability.MANUAL and finding.rule.blocks_call and finding not in ignored
    ]
    offsets = [offset for offset, _ in blocking]
    blockers: dict[int, Blocker] = {}
    for spec in spec_fields(module) if blocking else ():
        first, last = (bisect_left(offsets, end) for end in (spec.offset, module.text.end(spec.call)))
        for _, finding in blocking[first:last]:
            blockers[spec.offset] = Blocker(finding.rule.code, finding.location.line)
    return blockers


def fold_blocked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings without those that another one of them blocks, which become part of it.

    A finding stays where the one that blocks it is not reported: its rule is not enabled, for example.
    """
    findings = tuple(findings)
    blocked: dict[Blocker, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.blocked_by is not None:
            blocked[finding.blocked_by].append(finding)
    if not blocked:
        return findings
    folded = []
    for finding in findings:
        if finding.blocked_by is None:
            own = blocked.pop(Blocker(finding.rule.code, finding.location.line), [])
            folded.append(replace(finding, blocks=tuple(own)) if own else finding)
    kept = [finding for left in blocked.values() for finding in left]
    return tuple(sorted([*folded, *kept], key=lambda finding: finding.sort_key))


def drop_partial_classes(chosen: list[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """The chosen findings without those that make half a spec class."""
    changed: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        for call in _calls_of(finding):
            changed[call].append(finding)
    known = frozenset(chosen)
    return [
        finding
        for finding in chosen
        if not _makes_class(finding) or all(other in known for call in _calls_of(finding) for other in changed[call])
    ]


def update_suggestions(
    findings: Iterable[Finding],
    chosen: Iterable[Finding],
    left: Iterable[Finding],
    before: Module,
    after: Module,
) -> tuple[Finding, ...]:
    """The findings of a file, each suggestion made of the code as the rewrite leaves it.

    Code to write quotes the code that is there: without the rewrites inside of it, whoever copies it would lose them.

    Args:
        findings: what was found in the file.
        chosen: those of them that are rewritten.
        left: what is found in the file after that, in the order of the file.
        before: the file as it is.
        after: the file after the rewrite.
    """
    written = frozenset(chosen)
    by_hand = frozenset(finding for finding in findings if _is_by_hand(finding) and finding not in written)
    later: dict[tuple[str, str], list[str]] = defaultdict(list)
    for finding in filter(_is_by_hand, left):
        later[_subject(finding)].append(with_new_imports(finding.suggestion, before, after))
    # If their number differs, they cannot be matched.
    numbers = Counter(_subject(finding) for finding in findings if finding in by_hand)
    suggestions = {subject: iter(later[subject]) for subject in numbers if len(later[subject]) == numbers[subject]}
    return tuple(
        replace(finding, suggestion=next(suggestions[_subject(finding)]))
        if finding in by_hand and _subject(finding) in suggestions
        else finding
        for finding in findings
    )


def _is_by_hand(finding: Finding) -> bool:
    return finding.applicability is Applicability.MANUAL


def _subject(finding: Finding) -> tuple[str, str]:
    """What says which finding it is, before the rewrite and after it."""
    return finding.rule.code, finding.message


def _calls_of(finding: Finding) -> set[int]:
    """The calls of spec fields that a finding changes, by their offsets."""
    return {change.call for change in finding.changes if isinstance(change, CALL_CHANGES)}


def _makes_class(finding: Finding) -> bool:
    return any(isinstance(change, SpecMember | UseSpecBase) for change in finding.changes)
