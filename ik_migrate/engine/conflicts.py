"""What the findings about one call of a spec field mean for each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from ik_migrate.codegen.imports import with_new_imports
from ik_migrate.engine.blockers import blocks_call, find_blocking_reason, reject_repeated_argument
from ik_migrate.imagekit.spec_field import spec_fields
from ik_migrate.model.change import AddImport, Edit, SpecMember, UseStrategy
from ik_migrate.model.finding import Finding
from ik_migrate.model.options import Options
from ik_migrate.model.rule import Applicability
from ik_migrate.project.ignore_comments import ignores_of_module
from ik_migrate.project.module import Module

_FIRST = "another finding in this call needs a person first"
_HELD = f"{_FIRST}. Nothing would tell of that one any more, so the call stays as it is until it is seen to."
_TOGETHER = "and they can only move into a spec class together."
# The rules that speak of an argument of the call, or of the whole of it, not of what stands inside a value.
_ABOUT_CALLS = frozenset({"IK103", "IK105", "IK106", "IK201", "IK301", "IK302", "IK304", "IK307", "IK401"})
_RENAMED_SOURCE = "IK101"
# Arguments by position: as long as they stay, none before them can be taken away, and none can get a name.
_BY_POSITION = "IK103"
_PLACES_COUNT = "As long as arguments are given by their places, none before them can go, and none can get a name."


def resolve_conflicts(module: Module, findings: list[Finding], options: Options) -> list[Finding]:
    """The findings of a file, each as what the others make of it.

    Where a silent difference needs a person, the whole call is left as it is, so that it is not forgotten. Findings
    that make a spec class are no safer than the other changes of the same call, and where another of its arguments
    needs a person, or is left out, there is no class: all arguments move into it together, or none does.

    Args:
        module: the file.
        findings: what all rules say of it, in the order of the file.
        options: which rules were asked for.
    """
    source = module.text.source
    findings = _told_once(module, findings)
    ignored = frozenset(ignores_of_module(module).split(findings)[1])
    # Who says to ignore a silent difference has seen to it. What else is ignored stays as it is, and is in the way.
    settled_by_hand = {f for f in findings if blocks_call(f) and (f in ignored or options.is_ignored(f.rule.code))}
    manual = [
        (source.offset_of(finding.location), finding)
        for finding in findings
        if finding.applicability is Applicability.MANUAL
        and (finding.rule.code in _ABOUT_CALLS or finding.blocks_call)
        and finding not in settled_by_hand
    ]
    offsets = [offset for offset, _ in manual]
    held: dict[int, str] = {}
    in_the_way: dict[int, str] = {}
    for finding in findings:
        # A field with a spec class names its source in ImageKit 3's way, whoever asked for it.
        left_out = not options.is_enabled(finding.rule.code) and finding.rule.code != _RENAMED_SOURCE
        if (left_out or finding in ignored) and finding not in settled_by_hand:
            reason = f"what {finding.rule.code} says of this call is left out"
            if finding.rule.code == _BY_POSITION:
                held |= dict.fromkeys(_calls_of(finding), f"{reason}. {_PLACES_COUNT}")
            in_the_way |= dict.fromkeys(_calls_of(finding), reason)
    for spec in spec_fields(module) if manual else ():
        first, last = (bisect_left(offsets, end) for end in (spec.offset, module.text.end(spec.call)))
        inside = [finding for _, finding in manual[first:last]]
        if inside:
            in_the_way[spec.offset] = "another argument of this call needs a person first"
        if any(blocks_call(finding) for finding in inside):
            held[spec.offset] = _HELD
        elif any(finding.rule.code == _BY_POSITION for finding in inside):
            held[spec.offset] = f"{_FIRST}. {_PLACES_COUNT}"
    for spec in spec_fields(module):
        if reason := find_blocking_reason(spec):
            held[spec.offset] = f"{reason}."
    unsafe = {call for f in findings if f.applicability is Applicability.UNSAFE for call in _calls_of(f)}
    result = []
    for finding in findings:
        calls = _calls_of(finding)
        reasons = [in_the_way[call] for call in sorted(calls) if call in in_the_way]
        if kept := [held[call] for call in sorted(calls) if call in held]:
            finding = finding.as_manual(f"Not rewritten: {kept[0]}")
        elif _makes_class(finding) and reasons:
            finding = finding.as_manual(f"Not rewritten: {reasons[0]}, {_TOGETHER} {finding.why}")
        elif finding.applicability is Applicability.SAFE and _makes_class(finding) and calls & unsafe:
            finding = replace(finding, applicability=Applicability.UNSAFE)
        result.append(finding)
    return result


def _told_once(module: Module, findings: list[Finding]) -> list[Finding]:
    """The findings, none of which gives a call what a dict passes to it already."""
    specs = {spec.offset: spec for spec in spec_fields(module) if spec.unseen}
    result = []
    for finding in findings if specs else ():
        for call in _calls_of(finding) & specs.keys():
            finding = reject_repeated_argument(specs[call], finding)
        result.append(finding)
    return result if specs else findings


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
    # Where one has come or gone, it can't be told which of them is which.
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
    return {change.call for change in finding.changes if not isinstance(change, Edit | AddImport)}


def _makes_class(finding: Finding) -> bool:
    return any(isinstance(change, SpecMember | UseStrategy) for change in finding.changes)
