"""What became of single files."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from ik_migrate.model.change import NeedSupport
from ik_migrate.model.finding import Finding
from ik_migrate.model.fix import Fix


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
        declined: those whose rewrite was asked about and not wanted.
        suppressed: what was found besides, but that a comment in the file says to ignore; never rewritten.
        baselined: what was found besides, but that the baseline has already; rewritten like the rest.
        before: the bytes that were read.
        after: the bytes to write; equal to ``before`` unless the status is ``CHANGED``.
        encoding: the encoding of both.
        reason: for ``SKIPPED`` and ``FAILED``: why, and what to do; for a file that was written: what of it was lost.
        fixes: what the rewrites of ``applied`` do one by one, if that was requested.
        is_new: whether the file does not exist yet.
        is_support: whether it is the support module, which is generated for the other files.
        fingerprints: those of ``findings``, ``suppressed`` and ``known``, for a result that was read from a
            report and has no code.
    """

    path: str
    status: Status
    findings: tuple[Finding, ...] = ()
    applied: tuple[Finding, ...] = ()
    before: bytes = field(default=b"", repr=False)
    after: bytes = field(default=b"", repr=False)
    encoding: str = "utf-8"
    reason: str = ""
    declined: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    baselined: tuple[Finding, ...] = ()
    fixes: tuple[Fix, ...] = field(default=(), repr=False)
    fingerprints: tuple[str, ...] = field(default=(), repr=False)
    is_new: bool = False
    is_support: bool = False

    @property
    def needs_support(self) -> bool:
        """Whether the rewritten file imports something that the support module gets in the same run."""
        return any(isinstance(change, NeedSupport) for finding in self.applied for change in finding.changes)

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """The findings that the rewrite leaves for manual review, without notices."""
        return tuple(finding for finding in self.findings if not self.is_applied(finding) and not finding.is_notice)

    @property
    def has_failed(self) -> bool:
        """Whether it could not be done."""
        return self.status is Status.FAILED

    @property
    def was_skipped(self) -> bool:
        """Whether it was not looked into after all."""
        return self.status is Status.SKIPPED

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say about it."""
        return self.status is Status.UNCHANGED and not self.findings

    def is_applied(self, finding: Finding) -> bool:
        """Whether the rewrite of the finding is in ``after``; quick for files with thousands of them."""
        return finding in self._applied_set

    @cached_property
    def _applied_set(self) -> frozenset[Finding]:
        return frozenset(self.applied)
