"""What the tool has to say: rules, and the places in a code base that they speak of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ik_migrate.files.content import Content

if TYPE_CHECKING:
    from ik_migrate.controls.traits import Comparison
    from ik_migrate.rewriting.edits import Change
    from ik_migrate.running.fixes import Fix


class Applicability(str, Enum):
    """What ``apply`` may do about a finding."""

    SAFE = "safe"
    """The rewrite keeps behaviour: written."""
    UNSAFE = "unsafe"
    """Probably right, but can change behaviour in the way the finding names: on request only."""
    MANUAL = "manual"
    """Needs a person."""
    NOTICE = "notice"
    """Nothing to change here, but ImageKit 3 behaves otherwise."""


@dataclass(frozen=True)
class Rule:
    """One difference between ImageKit 2 and 3, and what is done about it.

    Args:
        code: stable code, ``IK101``.
        name: stable name in words, ``image-field``.
        summary: one line for the table of rules.
        applicability: what its findings can be, the usual one first.
        why: what ImageKit 3 does with the old code, in a few sentences.
        todo: what to do about it.
        source: where the fact can be looked up (ImageKit version and file).
        before: an example as ImageKit 2 wants it.
        after: the same example after ``apply``; equal to ``before`` where a person is needed.
        path: name of the file that the example would stand in.
        once: whether it is said once per project only, at the first place.
    """

    code: str
    name: str
    summary: str
    applicability: tuple[Applicability, ...]
    why: str
    todo: str
    source: str
    before: str
    after: str
    path: str = "models.py"
    once: bool = False


class Place(NamedTuple):
    """Where something stands in the original file: 1-based lines and columns, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Finding:
    """One place that a rule speaks of.

    Args:
        rule: the rule.
        path: the file as shown to the user, with forward slashes.
        place: where in the original file.
        message: what was found.
        applicability: what ``apply`` may do about it.
        why: why it matters here; the rule's own reason when empty.
        todo: what to do here; the rule's own advice when empty.
        suggestion: code for a person to write, or empty.
        changes: what ``apply`` would do to the file; empty where a person is needed.
        falls_silent: whether nothing would tell of it any more once the rest of its call is ImageKit 3's.
    """

    rule: Rule
    path: str
    place: Place
    message: str
    applicability: Applicability
    why: str = ""
    todo: str = ""
    suggestion: str = ""
    changes: tuple[Change, ...] = field(default=(), repr=False)
    falls_silent: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if not self.why:
            object.__setattr__(self, "why", self.rule.why)
        if not self.todo:
            object.__setattr__(self, "todo", self.rule.todo)

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Orders the findings of one file by place, then by code."""
        return (self.place.line, self.place.column, self.rule.code)

    def for_a_person(self, reason: str) -> Finding:
        """The same finding without its rewrite, because of ``reason``."""
        return replace(self, applicability=Applicability.MANUAL, why=reason, changes=())


class Status(str, Enum):
    """What became of one file; there is no other outcome."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class FileResult:
    """One file, looked at.

    Args:
        path: the file as shown to the user, with forward slashes.
        status: what became of it, or would become of it.
        findings: all that was found and counts, whether rewritten or not.
        applied: those findings whose rewrite is in ``after``.
        refused: those whose rewrite was asked about and not wanted.
        suppressed: what was found besides, but that a comment in the file says to ignore; never rewritten.
        known: what was found besides, but that the baseline has already; rewritten like the rest.
        before: the bytes that were read.
        after: the bytes to write; equal to ``before`` unless the status is ``CHANGED``.
        encoding: the encoding of both.
        reason: for ``SKIPPED`` and ``FAILED``: why, and what to do; for a file that was written: what of it was lost.
        fixes: what the rewrites of ``applied`` do one by one, if that was asked for.
        fingerprints: those of ``findings``, ``suppressed`` and ``known``, for a result that was read from a
            report and has no code.
    """

    path: str
    status: Status
    findings: tuple[Finding, ...] = ()
    applied: tuple[Finding, ...] = ()
    before: Content = field(default=Content(), repr=False)
    after: Content = field(default=Content(), repr=False)
    encoding: str = "utf-8"
    reason: str = ""
    refused: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    fixes: tuple[Fix, ...] = field(default=(), repr=False)
    fingerprints: tuple[str, ...] = field(default=(), repr=False)

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """The findings that the rewrite leaves for a person, notices aside."""
        return tuple(
            finding
            for finding in self.findings
            if not self.is_applied(finding) and finding.applicability is not Applicability.NOTICE
        )

    def is_applied(self, finding: Finding) -> bool:
        """Whether the rewrite of the finding is in ``after``; quick for files with thousands of them."""
        return finding in self._applied_set

    @cached_property
    def _applied_set(self) -> frozenset[Finding]:
        return frozenset(self.applied)


@dataclass(frozen=True)
class Report:
    """Everything that one run of ``scan`` or ``apply`` has to say.

    Args:
        command: ``scan``, ``apply`` or ``diff``.
        results: the files that were looked at, in the order of their paths.
        files_searched: how many files were searched for a mention of ImageKit.
        errors: what could not be looked at or written at all, a path and a reason each.
        unsafe_fixes: whether unsafe rewrites were asked for.
        skipped_trees: folders that were left out, to be said once.
        left_out: files that mention ImageKit and were not looked into, with a reason each.
        baseline: how it compares with the baseline; None where there is none.
        remarks: what else the user should know about the search for files.
        in_place: whether ``apply`` has written to the files; else what they would hold went to standard output.
        all_rules: whether all rules were heeded in all files.
    """

    command: str
    results: tuple[FileResult, ...]
    files_searched: int = 0
    errors: tuple[tuple[str, str], ...] = ()
    unsafe_fixes: bool = False
    skipped_trees: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    baseline: Comparison | None = None
    remarks: tuple[str, ...] = ()
    in_place: bool = True
    all_rules: bool = True

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all files, in the order of the files and of the places in them."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def failed(self) -> tuple[tuple[str, str], ...]:
        """What could not be done, a path and a reason each."""
        failed = [(result.path, result.reason) for result in self.results if result.status is Status.FAILED]
        return (*self.errors, *failed)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say about any file or folder."""
        quiet = all(result.status is Status.UNCHANGED and not result.findings for result in self.results)
        return quiet and not self.errors and not self.skipped_trees and not (self.baseline and self.baseline.unseen)

    @property
    def exit_status(self) -> int:
        """0: nothing left to do; 1: there are findings; 2: something could not be done."""
        if self.failed:
            return 2
        if self.command == "apply":
            return int(any(result.remaining for result in self.results))
        return int(any(finding.applicability is not Applicability.NOTICE for finding in self.findings))
