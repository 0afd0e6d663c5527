"""Findings: the places in a code base that rules report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from ik_migrate.model.location import Location
from ik_migrate.model.rule import Applicability, Rule

if TYPE_CHECKING:
    from ik_migrate.model.change import Change


class Blocker(NamedTuple):
    """A finding that has to be resolved before another one can be rewritten.

    Args:
        code: its rule.
        line: its line, in the same file.
    """

    code: str
    line: int


@dataclass(frozen=True)
class Finding:
    """One place that a rule reports.

    Args:
        rule: the rule.
        path: the file as shown to the user, with forward slashes.
        location: where in the original file.
        message: what was found.
        applicability: what ``apply`` may do about it.
        why: why it matters here; the rule's own reason when empty.
        help: what to do here; the rule's own advice when empty.
        suggestion: code to write by hand, or empty.
        changes: what ``apply`` would do to the file; empty where manual review is needed.
        blocked_by: the finding that prevents its rewrite; None for a finding that stands alone.
        blocks: the findings whose rewrite this one prevents; they are part of it and do not count.
    """

    rule: Rule
    path: str
    location: Location
    message: str
    applicability: Applicability
    why: str = ""
    help: str = ""
    suggestion: str = ""
    changes: tuple[Change, ...] = field(default=(), repr=False)
    blocked_by: Blocker | None = None
    blocks: tuple[Finding, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.why:
            object.__setattr__(self, "why", self.rule.why)
        if not self.help:
            object.__setattr__(self, "help", self.rule.help)

    @property
    def is_notice(self) -> bool:
        """Whether there is nothing to do about it."""
        return self.applicability is Applicability.NOTICE

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Orders the findings of one file by place, then by code."""
        return (self.location.line, self.location.column, self.rule.code)

    def as_manual(self, reason: str, help: str = "") -> Finding:
        """The same finding without its rewrite, because of ``reason``; with other help, if given."""
        return replace(self, applicability=Applicability.MANUAL, why=reason, help=help or self.help, changes=())

    def as_blocked(self, blocker: Blocker) -> Finding:
        """The same finding without its rewrite, help and suggestion: they follow once ``blocker`` is resolved."""
        return replace(
            self,
            applicability=Applicability.MANUAL,
            why=f"Not rewritten: {blocker.code} in line {blocker.line} concerns the same call.",
            help=f"Resolve {blocker.code} in line {blocker.line} first; `apply` rewrites this afterwards.",
            suggestion="",
            changes=(),
            blocked_by=blocker,
        )


def with_blocked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each followed by those that it blocks."""
    return tuple(one for finding in findings for one in (finding, *finding.blocks))
