"""What the tool has to say: rules, and the places in a code base that they speak of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ik_migrate.model.location import Location
from ik_migrate.model.rule import Applicability, Rule

if TYPE_CHECKING:
    from ik_migrate.model.change import Change


@dataclass(frozen=True)
class Finding:
    """One place that a rule speaks of.

    Args:
        rule: the rule.
        path: the file as shown to the user, with forward slashes.
        location: where in the original file.
        message: what was found.
        applicability: what ``apply`` may do about it.
        why: why it matters here; the rule's own reason when empty.
        help: what to do here; the rule's own advice when empty.
        suggestion: code for a person to write, or empty.
        changes: what ``apply`` would do to the file; empty where a person is needed.
        blocks_call: whether nothing would tell of it any more once the rest of its call is ImageKit 3's.
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
    blocks_call: bool = field(default=False, repr=False)

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

    def as_manual(self, reason: str) -> Finding:
        """The same finding without its rewrite, because of ``reason``."""
        return replace(self, applicability=Applicability.MANUAL, why=reason, changes=())
